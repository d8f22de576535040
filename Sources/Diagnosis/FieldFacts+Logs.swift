import Guidance
import Judgement
import MatrixModel

extension FieldFacts {
    /// The most refusals that are kept: the first and the number tell enough.
    private static let mostKept = 32

    /// - Returns: Whether the text is a status.
    mutating func readStatus(_ text: FieldText, _ whole: String) -> Bool {
        if ReportedStatus.parts.contains(where: { text.bytes.contains($0) }), let status = ReportedStatus(whole, file: text.name) {
            statuses.append(status)
            return true
        }
        // Only the name says that it should be a status. It counts where nothing else was recognised.
        if text.baseName.hasPrefix("status"), text.baseName.hasSuffix(".json") {
            brokenStatus = text.bytes.bytes.isEmpty ? Finding(source: Quote.line(text.name), quote: "(empty)") : text.finding(whole.prefix(200))
        }
        return false
    }

    /// The messages of the status that counts go through the same rules as any log.
    mutating func readStatusMessages() {
        guard let status else { return }
        for module in [ReportedStatus.Module.ebpfProgram, .proxyListener] {
            guard let report = status[module], !report.isRunning, let message = report.message, !message.isEmpty else { continue }
            // A message that is whole ends where it ends.
            let text = report.isCut || message.hasSuffix("\n") ? message : message + "\n"
            readPrograms(LogText(text), name: status.file, isOfStatus: true, quote: quote(module))
            let words = ["no cgroup2", "cgroup2 not mounted", "cgroup2 is not mounted", "Cannot find cgroup2"]
            if words.contains(where: { message.contains($0) }) { agentSeesNone = agentSeesNone ?? quote(module) }
        }
    }

    /// Failures of programs' set-up and logs of the verifier, in any loader's words.
    mutating func readPrograms(_ text: LogText, name: String, isOfStatus: Bool, quote: Finding? = nil) {
        func finding(_ line: String) -> Finding { Finding(source: Quote.line(name), quote: Quote.line(line.split(whereSeparator: \.isNewline).first ?? "")) }
        let words = AgentWords(text)
        // In a journal of several programs the agent's own lines count.
        let ofAgent = Self.hasAgent(words, text)
        func isOther(_ speaker: String?) -> Bool { ofAgent && speaker.map { !$0.hasPrefix("azure-proxy") } ?? false }
        for failure in words.standing where isOther(failure.speaker) && failureOfOther == nil {
            failureOfOther = Observed(failure.speaker ?? "", finding(failure.line.drop(while: \.isWhitespace).description))
        }
        for failure in words.standing
        where !isOther(failure.speaker) && [.load, .map, .attach, .link, .listener].contains(failure.stage) && failures.count < 64 {
            failures.append(Failure(failure: failure, finding: quote ?? finding(failure.line.drop(while: \.isWhitespace).description), isOfStatus: isOfStatus))
        }
        // What an agent says before its program runs is of the past.
        guard !words.saysProgramsRun else { return }
        for report in VerifierReport.all(in: text) where reports.count < 64 {
            let place = finding(report.line.drop(while: \.isWhitespace).description)
            if isOther(report.speaker) {
                failureOfOther = failureOfOther ?? Observed(report.speaker ?? "", place)
            } else if report.isProbeOfSystemd {
                noise.append(place)
            } else {
                reports.append(Report(report: report, finding: place, isOfStatus: isOfStatus))
            }
        }
        guard !isOfStatus else { return }
        for line in text.lines(containing: ["bpf-firewall", "bpf-lsm:", "bpf-devices:", "'sd_"], most: 8) {
            noise.append(finding(text.string(line, most: 1_000)))
        }
    }

    private static func hasAgent(_ words: AgentWords, _ text: LogText) -> Bool {
        words.failures.contains { $0.speaker?.hasPrefix("azure-proxy") == true }
            || text.lines(containing: ["azure-proxy-agent["], most: 1).contains {
                LogLine(text.string($0, most: 1_000)).speaker?.hasPrefix("azure-proxy") == true
            }
    }

    /// What the agent logged about its key, in order: a success cancels the failures before it.
    mutating func readKeyWords(_ text: FieldText) {
        for line in text.lines where !line.scope.isPrompt {
            let words = line.text
            if words.contains("Found key details from local and ready to use") || words.contains("Successfully attest the key and ready to use") {
                keySuccess = text.finding(line)
                keyRefusals = []
                keyMissing = nil
                attestFailed = nil
                platformErrors = []
            } else if words.contains("Failed to acquire key details") {
                if keyRefusals.count < Self.mostKept { keyRefusals.append(text.finding(line)) }
            } else if words.contains("Failed to check the key") || words.contains("The key file '") && words.contains("is damaged") {
                keyMissing = text.finding(line)
            } else if words.contains("Failed to attest the key") {
                attestFailed = text.finding(line)
            } else if words.contains("Failed to get key status - "), platformErrors.count < Self.mostKept {
                platformErrors.append(text.finding(line))
            }
        }
    }

    // MARK: - Control plane

    mutating func readControlPlane(_ text: FieldText) {
        guard ["proxyAgentSettings", "VMAccessControlProfile", "ProxyAgent feature", "NotSupportedInRegion"].contains(where: { text.bytes.contains($0) }) else {
            return
        }
        // Mail programs and portals break lines: neighbours are read together.
        let lines = text.lines.filter { !$0.scope.isPrompt && $0.text.utf8.count <= 4_096 }.prefix(4_000)
        let joined = lines.map(\.text).joined(separator: " ")
        for (row, filledIn) in ControlPlaneError.matches(in: joined) {
            let first = row.message.split(separator: "{").first.map { String($0.prefix(40)) } ?? ""
            let line = lines.first { $0.text.contains(first.prefix(30)) } ?? lines.first { !$0.text.isEmpty }
            controlPlane.append(ControlPlaneMessage(row: row, filledIn: filledIn, finding: line.map { text.finding($0) } ?? text.finding(row.message)))
        }
    }
}
