import Guidance
import Judgement
import MatrixModel

extension FieldFacts {
    /// `systemctl status` and `systemctl show` of the agent's unit.
    mutating func readUnit(_ file: FieldText) {
        guard file.bytes.contains("azure-proxy-agent") || file.baseName.hasPrefix("unit-state") || file.baseName.contains("azure-proxy-agent") else { return }
        var isOurs = false
        let isNamed = file.baseName.contains("azure-proxy-agent") || file.baseName.hasPrefix("unit-state")
        for line in file.lines {
            let text = line.text.drop(while: \.isWhitespace)
            if text.contains("Unit azure-proxy-agent.service could not be found") || text.contains("Unit azure-proxy-agent.service not found") {
                unit = Observed(.notFound, file.finding(line))
            }
            // A dot (or what a terminal without it shows) begins a unit; a command typed for it announces one too.
            if let first = text.first, "●○×↻*".contains(first), text.contains(".service") { isOurs = text.contains("azure-proxy-agent") }
            if line.scope.isPrompt { isOurs = line.text.contains("systemctl") && line.text.contains("azure-proxy-agent") }
            if text.hasPrefix("Id=") { isOurs = text == "Id=azure-proxy-agent.service" }
            // systemctl show lists `ActiveState` and `LoadState` in one block; not found is what explains the rest.
            if let state = Self.unitState(text), isOurs || isNamed, unit?.value != .notFound { unit = Observed(state, file.finding(line)) }
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

    /// `sc query` and `sc start`: a name, its state a few lines on, or a refusal with the number of the error.
    mutating func readServices(_ file: FieldText) {
        guard file.isComplete, file.bytes.contains("SERVICE_NAME") || file.bytes.contains(" FAILED ") else { return }
        var name: String?
        for line in file.lines {
            let text = line.text.drop(while: \.isWhitespace)
            if text.hasPrefix("SERVICE_NAME:") {
                name = Self.service(in: text)
            } else if line.scope.isPrompt, let typed = line.scope.command, typed.lowercased().hasPrefix("sc") {
                name = Self.service(in: typed[...])
            } else if text.hasPrefix("STATE"), let current = name, let colon = text.firstIndex(of: ":") {
                let words = text[text.index(after: colon)...].split(separator: " ")
                guard words.count >= 2, line.isEnded else { continue }
                services[current] = Observed(Self.serviceState(words), file.finding("\(current) \(text)"))
            } else if text.hasPrefix("WIN32_EXIT_CODE"), let current = name, case .stopped(nil) = services[current]?.value, let colon = text.firstIndex(of: ":") {
                let code = text[text.index(after: colon)...].split(separator: " ").first.flatMap { Int($0) } ?? 0
                if let reason = Self.reason(code), let known = services[current] { services[current] = Observed(.stopped(reason: reason), known.finding) }
            } else if let range = text.firstRange(of: " FAILED "), let current = name, let code = Int(text[range.upperBound...].prefix { $0.isNumber }) {
                // 1056 says that it runs already.
                if code == 1056 { continue }
                services[current] = Observed(code == 1060 ? .notInstalled : .stopped(reason: Self.reason(code) ?? "error \(code)"), file.finding("\(current): \(text)"))
            }
        }
    }

    private static func serviceState(_ words: [Substring]) -> ServiceState {
        if words[0] == "4" || words[1] == "RUNNING" { return .running }
        return words[0] == "1" || words[1] == "STOPPED" ? .stopped(reason: nil) : .other(Quote.line(words[1]))
    }

    /// What the numbers of Windows's errors say of a service that does not start.
    private static func reason(_ code: Int) -> String? {
        switch code {
        case 2: "its file was not found"
        case 5: "access was denied"
        case 577: "its signature was rejected"
        case 1058: "it is disabled"
        case 1068: "a service that it depends on did not start"
        case 1275: "Windows blocked the driver from loading"
        case 1077: "it was not started since the last boot"
        default: nil
        }
    }

    private static func service(in text: Substring) -> String? {
        let words = text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber })
        return windowsServices.first { words.contains(Substring($0.lowercased())) }
    }
}
