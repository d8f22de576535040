import Guidance
import Judgement
import MatrixModel

extension FieldFacts {
    /// `systemctl status` and `systemctl show` of the agent's unit.
    mutating func readUnit(_ file: FieldText) {
        guard file.bytes.contains("azure-proxy-agent") else { return }
        var isOurs = false
        for line in file.lines {
            let text = line.text.drop(while: \.isWhitespace)
            if text.contains("Unit azure-proxy-agent.service could not be found") || text.contains("Unit azure-proxy-agent.service not found") {
                unit = Observed(.notFound, file.finding(line))
            }
            // A dot (or what a terminal without it shows) begins a unit; a command typed for it announces one too.
            if let first = text.first, "●○×↻*".contains(first), text.contains(".service") { isOurs = text.contains("azure-proxy-agent") }
            if line.scope.isPrompt { isOurs = line.text.contains("systemctl") && line.text.contains("azure-proxy-agent") }
            // `systemctl is-active` prints one word.
            if isOurs, line.scope.command?.contains("is-active") == true, !line.scope.isPrompt, line.isEnded, let state = Self.activity[text] {
                unit = Observed(state, file.finding(line))
            }
            if text.hasPrefix("Id=") { isOurs = text == "Id=azure-proxy-agent.service" }
            // `systemctl list-units`: `azure-proxy-agent.service loaded active running Microsoft …`.
            if let state = Self.listed(text), line.isEnded, line.scope.view != .manual { unit = Observed(state, file.finding(line)) }
            // systemctl show lists `ActiveState` and `LoadState` in one block; not found is what explains the rest.
            if let state = Self.unitState(text), isOurs, unit?.value != .notFound { unit = Observed(state, file.finding(line)) }
        }
    }

    private static let activity: [Substring: UnitState] = ["active": .running, "inactive": .inactive, "failed": .failed]

    private static func listed(_ text: Substring) -> UnitState? {
        let words = text.split(separator: " ").drop { ["●", "○", "×", "*"].contains($0) }
        guard words.count >= 4, words.first == "azure-proxy-agent.service", let state = words.dropFirst(2).first else { return nil }
        return words.dropFirst().first == "not-found" ? .notFound : words.dropFirst().first == "loaded" ? activity[state] : nil
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

    /// `sc query`, `sc start`, `net start` and PowerShell's `Get-Service`: a name, its state, or a refusal with the number of the error.
    mutating func readServices(_ file: FieldText) {
        readServiceEvents(file)
        let marks = ["SERVICE_NAME", "eBPFCore", "NetEbpfExt", "GuestProxyAgent", " FAILED ", "DisplayName", "System error ", "Get-Service"]
        guard file.isComplete, marks.contains(where: { file.bytes.contains($0) }) else { return }
        var name: String?
        for line in file.lines where line.scope.view != .manual {
            let text = line.text.drop(while: \.isWhitespace)
            if let service = Self.named(text) {
                name = service
            } else if text.hasPrefix("SERVICE_NAME") {
                // Another service's state follows.
                name = nil
            } else if let typed = Self.typed(line) {
                name = Self.service(in: typed)
            } else if let current = name, let state = Self.state(text) {
                guard line.isEnded else { continue }
                services[current] = Observed(state, file.finding("\(current) \(text)"))
            } else if text.hasPrefix("WIN32_EXIT_CODE"), let current = name, case .stopped(nil) = services[current]?.value,
                let colon = text.firstIndex(of: ":")
            {
                let code = text[text.index(after: colon)...].split(separator: " ").first.flatMap { Int($0) } ?? 0
                if let reason = Self.reason(code), let known = services[current] { services[current] = Observed(.stopped(reason: reason), known.finding) }
            } else if let current = name, let code = Self.refusal(text) {
                // 1056 says that it runs already.
                if code == 1056 { continue }
                let state: ServiceState = code == 1060 ? .notInstalled : .stopped(reason: Self.reason(code) ?? "error \(code)")
                services[current] = Observed(state, file.finding("\(current): \(text)"))
            } else {
                readTableRow(text, line, file)
            }
        }
    }

    /// `The GuestProxyAgent service terminated unexpectedly.` of the event log. What happened since it does not say.
    private mutating func readServiceEvents(_ file: FieldText) {
        let endings = [" service terminated unexpectedly", " service failed to start", " service terminated with ", " service hung on starting"]
        for line in file.lines where line.scope.view != .manual && !line.scope.isPrompt {
            guard let start = line.text.firstRange(of: "The "), endings.contains(where: { line.text.contains($0) }),
                let service = Self.service(in: line.text[start.upperBound...].prefix(40))
            else { continue }
            serviceEvents[service] = file.finding(line)
        }
    }

    /// `Stopped  NetEbpfExt         NetEbpfExt` of Get-Service, `netebpfext  NetEbpfExt  Stopped OK False` of Get-CimInstance, and
    /// `Name : …` with `Status : …` of their lists.
    private mutating func readTableRow(_ text: Substring, _ line: FieldText.Line, _ file: FieldText) {
        let words = text.split(separator: " ")
        func service(at index: Int) -> String? {
            index < words.count ? Self.windowsServices.first { $0.lowercased() == words[index].lowercased() } : nil
        }
        guard line.isEnded else { return }
        // The state is before or after the name.
        let isBefore = words.first.map { Self.tableStates.contains($0) } ?? false
        guard let index = (isBefore ? 1..<2 : 0..<2).reversed().first(where: { service(at: $0) != nil }), let service = service(at: index) else { return }
        // `driverquery /v` has the name for people, the type and the way of starting in between.
        guard let state = isBefore ? words[0] : words[(index + 1)...].first(where: { Self.tableStates.contains($0) }) else { return }
        switch state {
        case "Running": services[service] = Observed(.running, file.finding(line))
        case "Stopped": services[service] = Observed(.stopped(reason: nil), file.finding(line))
        case "StartPending", "StopPending", "Paused", "PausePending", "ContinuePending":
            services[service] = Observed(.other(String(state)), file.finding(line))
        default: break
        }
    }

    private static let tableStates: Set<Substring> = ["Running", "Stopped", "StartPending", "StopPending", "Paused", "PausePending", "ContinuePending"]

    /// What was typed: behind a prompt, or pasted without it.
    private static func typed(_ line: FieldText.Line) -> Substring? {
        let text = line.scope.isPrompt ? line.scope.command ?? "" : line.text
        let words = text.lowercased().split(separator: " ")
        guard words.count >= 2, ["sc", "sc.exe", "net", "net.exe", "get-service", "start-service"].contains(words[0]) else { return nil }
        return text[...]
    }

    /// The number of an error: `[SC] StartService FAILED 577:`, `System error 577 has occurred.`
    private static func refusal(_ text: Substring) -> Int? {
        guard let range = text.firstRange(of: " FAILED ") ?? text.firstRange(of: "System error ") else { return nil }
        return Int(text[range.upperBound...].prefix { $0.isNumber })
    }

    /// `SERVICE_NAME: eBPFCore`. Windows translates the field's name, not the service's.
    private static func named(_ text: Substring) -> String? {
        guard let colon = text.firstIndex(of: ":"), text[..<colon].allSatisfy({ $0.isLetter || $0 == "_" || $0 == " " }) else { return nil }
        let value = text[text.index(after: colon)...].filter { !$0.isWhitespace }.lowercased()
        return windowsServices.first { $0.lowercased() == value }
    }

    private static let states: Set<Substring> = ["STOPPED", "START_PENDING", "STOP_PENDING", "RUNNING", "CONTINUE_PENDING", "PAUSE_PENDING", "PAUSED"]

    /// `STATE : 4  RUNNING`. The field's name is translated, the state is not.
    private static func state(_ text: Substring) -> ServiceState? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let words = text[text.index(after: colon)...].split(separator: " ")
        if words.count == 1, text.hasPrefix("Status") { return words[0] == "Running" ? .running : words[0] == "Stopped" ? .stopped(reason: nil) : nil }
        guard words.count >= 2, words[0].count == 1, words[0].first?.isNumber == true, states.contains(words[1]) || text.hasPrefix("STATE") else { return nil }
        if words[1] == "RUNNING" { return .running }
        return words[1] == "STOPPED" ? .stopped(reason: nil) : .other(Quote.line(words[1]))
    }

    /// What the numbers of Windows's errors say of a service that does not start.
    private static func reason(_ code: Int) -> String? {
        switch code {
        case 2, 3: "its file was not found"
        case 5: "access was denied"
        case 127: "this version of Windows lacks a function that it calls"
        case 577: "its signature was rejected"
        case 1053: "it did not respond in time"
        case 1058: "it is disabled"
        case 1067: "its process ended unexpectedly"
        case 1068: "a service that it depends on did not start"
        case 1075: "a service that it depends on does not exist"
        case 1077: "it was not started since the last boot"
        case 1275: "Windows blocked the driver from loading"
        default: nil
        }
    }

    private static func service(in text: Substring) -> String? {
        let words = text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber })
        return windowsServices.first { words.contains(Substring($0.lowercased())) }
    }
}
