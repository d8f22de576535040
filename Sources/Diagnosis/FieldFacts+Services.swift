import Judgement
import MatrixModel

extension FieldFacts {
    /// `systemctl status` and `systemctl show` of the agent's unit.
    mutating func readUnit(_ file: LegibleFile) {
        guard file.contains("azure-proxy-agent") || file.baseName.hasPrefix("unit-state") || file.baseName.contains("azure-proxy-agent") else { return }
        var isOurs = false
        for line in file.lines {
            let text = line.drop(while: \.isWhitespace)
            if text.contains("Unit azure-proxy-agent.service could not be found") || text.contains("Unit azure-proxy-agent.service not found") {
                unit = Observed(.notFound, Self.finding(file, line))
            }
            // A dot (or what a terminal without it shows) begins a unit; a command typed for it announces one as well.
            if let first = text.first, "●○×↻*".contains(first), text.contains(".service") { isOurs = text.contains("azure-proxy-agent") }
            if text.hasPrefix("Id=") { isOurs = text == "Id=azure-proxy-agent.service" }
            if let state = Self.unitState(text), isOurs || file.baseName.contains("azure-proxy-agent") || file.baseName.hasPrefix("unit-state") {
                // systemctl show lists `ActiveState` and `LoadState` in one block; not found is what explains the rest.
                if unit?.value != .notFound { unit = Observed(state, Self.finding(file, line)) }
            }
        }
    }

    private static func unitState(_ text: Substring) -> UnitState? {
        if text.hasPrefix("Loaded: not-found") || text == "LoadState=not-found" { return .notFound }
        if text.hasPrefix("Active: active (running)") || text == "ActiveState=active" { return .running }
        if text.hasPrefix("Active: activating (auto-restart)") || text == "SubState=auto-restart" { return .restarting }
        if text.hasPrefix("Active: failed") || text == "ActiveState=failed" { return .failed }
        if text.hasPrefix("Active: inactive") || text == "ActiveState=inactive" { return .inactive }
        return nil
    }

    /// The services that matter on Windows, as `sc query` names them.
    static let windowsServices = ["eBPFCore", "NetEbpfExt", "GuestProxyAgent"]

    /// `sc query`: a name, its state a few lines on, or a refusal with the number of the error.
    mutating func readServices(_ file: LegibleFile) {
        guard file.contains("SERVICE_NAME") || file.contains("FAILED 1060") else { return }
        var name: String?
        for line in file.lines {
            let text = line.drop(while: \.isWhitespace)
            if text.hasPrefix("SERVICE_NAME:") {
                name = Self.service(in: text)
            } else if let typed = Self.command(line), typed.lowercased().hasPrefix("sc") {
                name = Self.service(in: typed[...])
            } else if text.hasPrefix("STATE"), let current = name, let colon = text.firstIndex(of: ":") {
                let words = text[text.index(after: colon)...].split(separator: " ")
                guard words.count >= 2 else { continue }
                services[current] = Observed(words[0] == "4" || words[1] == "RUNNING" ? .running : .other(Quote.line(words[1])), Self.finding(file, "\(current) \(text)"))
            } else if text.contains("FAILED 1060"), let current = name {
                services[current] = Observed(.notInstalled, Self.finding(file, "\(current): \(text)"))
            }
        }
    }

    private static func service(in text: Substring) -> String? {
        let words = text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber })
        return windowsServices.first { words.contains(Substring($0.lowercased())) }
    }
}
