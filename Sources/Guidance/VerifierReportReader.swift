/// Finds the logs of a verifier among other lines: one message after the other, as a state machine.
struct VerifierReportReader {
    private(set) var reports: [VerifierReport] = []
    private var builder: VerifierLogBuilder?
    private var isFramed = false
    private var speaker: String?
    private var subject: String?
    private var error: SystemError?
    private var lastSubject: (name: String, age: Int)?
    private var lastError: (error: SystemError, age: Int)?
    private var quote: (text: String, position: Int)?
    private var quotesReason = false
    private var number = 0
    private var strayLines = 0
    /// Lines without a prefix of a kind right before statistics, which may be a reason.
    private var pending: [(text: String, raw: String, position: Int)] = []

    /// Whether a log has begun and not ended.
    var isWithin: Bool { builder != nil }

    mutating func read(_ message: LogLine, line: LogText.Line, raw: ArraySlice<UInt8>) {
        number += 1
        // Several processes write to one journal. A line of another process is not part of the log.
        if builder != nil, let speaker, let other = message.speaker, other != speaker { return }
        let position = line.range.lowerBound
        let kind = VerifierLine(message.text)
        let quoted = { String(decoding: raw.prefix(1_000), as: UTF8.self) }
        note(message.text)
        switch kind {
        case .begin(let rest):
            finish(isCut: false)
            start(message, framed: true)
            quote = (quoted(), position)
            for part in builder?.takeOneLine(rest) ?? [] { add(VerifierLine(part), part, quoted(), position) }
        case .end:
            if builder == nil { return }
            builder?.add(kind, message.text, number: number)
            finish(isCut: false)
        case .instruction, .trace, .summary:
            if builder == nil {
                if kind == .summary { break }
                start(message, framed: false)
            }
            add(kind, message.text, quoted(), position)
        case .statistics:
            if builder == nil {
                start(message, framed: false)
                // Without a trace and a frame only known words count as the verifier's: any line may precede statistics.
                for line in pending where VerifierRule.matching(line.text) != nil { add(.other, line.text, line.raw, line.position) }
            }
            add(kind, message.text, quoted(), position)
            finish(isCut: false)
        case .source: if builder != nil { add(kind, message.text, quoted(), position) }
        case .blank: break
        case .other: other(message, quoted(), position)
        }
        if case .other = kind, builder == nil, pending.count < 4 { pending.append((message.text, quoted(), position)) } else if builder == nil { pending = [] }
    }

    private static let endings = ["Caused by:", "Traceback (most recent call last)", "Stack backtrace:", "Location:", "Error: failed to load object file"]

    private mutating func other(_ message: LogLine, _ quoted: String, _ position: Int) {
        // What a logger adds to each line says nothing.
        if message.text.hasPrefix("subsys=") || message.text == "..." { return }
        // What follows is the loader's own chain of errors, or another place of a long text.
        if message.text == LogText.gap { return finish(isCut: true) }
        if Self.endings.contains(where: { message.text.hasPrefix($0) }) { return finish(isCut: false) }
        let isKnown = (builder == nil ? VerifierRule.matchingAlone(message.text) : VerifierRule.matching(message.text)) != nil
        if builder == nil {
            guard isKnown else { return }
            start(message, framed: false)
        } else if message.text.hasPrefix("libbpf:"), !isKnown {
            return finish(isCut: false)
        }
        add(.other, message.text, quoted, position)
        // A known reason is quoted, not the lines after it.
        if isKnown { (quote, quotesReason) = ((quoted, position), true) } else if !quotesReason { quote = (quoted, position) }
        strayLines += 1
        // A reason has a few lines; more lines belong to something else.
        if strayLines > 12 { finish(isCut: false) }
    }

    private mutating func add(_ kind: VerifierLine, _ text: String, _ quoted: String, _ position: Int) {
        builder?.add(kind, text, number: number)
        switch kind {
        case .begin: quote = (quoted, position)
        case .statistics: quote = quote ?? (quoted, position)
        case .instruction, .trace:
            strayLines = 0
            quote = quote ?? (quoted, position)
        default: break
        }
    }

    private mutating func start(_ message: LogLine, framed: Bool) {
        builder = VerifierLogBuilder()
        quotesReason = false
        isFramed = framed
        speaker = message.speaker
        strayLines = 0
        subject = lastSubject.flatMap { number - $0.age <= 4 ? $0.name : nil }
        error = lastError.flatMap { number - $0.age <= 4 ? $0.error : nil }
    }

    /// Names and errors around a log are its loader's.
    private mutating func note(_ text: String) {
        guard text.contains("prog") || text.contains("ailed") || text.contains("rejected") || text.contains("type ") else { return }
        if let name = AgentWords.subject(in: text) {
            lastSubject = (name, number)
            if builder == nil, let last = reports.last, last.subject == nil, number - endedAt <= 3 {
                reports[reports.count - 1] = last.with(subject: name, error: last.error)
            }
        }
        if text.contains("ailed") || text.contains("rejected") || text.contains("load program:"), let found = SystemError(in: text) {
            lastError = (found, number)
            if builder == nil, let last = reports.last, last.error == nil, number - endedAt <= 4 {
                reports[reports.count - 1] = last.with(subject: last.subject, error: found)
            }
        }
    }

    private var endedAt = 0

    /// - Parameter isCut: Whether the text ends in the middle of a line.
    mutating func finish(isCut: Bool) {
        defer { (builder, pending, quote) = (nil, [], nil) }
        guard var builder else { return }
        if isCut { builder.breaksOff() }
        let log = builder.log(isWhole: false)
        // Without a frame something of a verifier's must be there.
        guard isFramed || log.state == .refused || log.processed != nil || log.instructions.count >= 2 else { return }
        endedAt = number
        reports.append(
            VerifierReport(
                log: log, subject: subject, error: error, speaker: speaker, line: quote?.text ?? "", position: quote?.position ?? 0, isFramed: isFramed))
    }
}

extension VerifierReport {
    func with(subject: String?, error: SystemError?) -> VerifierReport {
        VerifierReport(log: log, subject: subject, error: error, speaker: speaker, line: line, position: position, isFramed: isFramed)
    }
}
