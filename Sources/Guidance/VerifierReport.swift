/// A verifier log found in a text, in any loader's frame and behind any line prefix.
public struct VerifierReport: Hashable, Sendable {
    public let log: VerifierLog
    /// The program's name, where the frame or the lines around it have it.
    public let subject: String?
    /// The error that the loader gave.
    public let error: SystemError?
    /// Who wrote it, where line prefixes say so.
    public let speaker: String?
    /// The line to quote: the reason, or the statistics, or the frame.
    public let line: String
    public let position: Int
    /// Whether a loader's frame or an agent's message announced it.
    public let isFramed: Bool

    /// Whether systemd loaded a program of its own.
    public var isProbeOfSystemd: Bool { subject?.hasPrefix("sd_") == true || speaker.map(SetupFailure.isSystemd) ?? false }

    /// A text up to this size is read whole; of a longer one the surroundings of what looks like a log.
    private static let longestWhole = 256 << 10
    private static let linesBefore = 400
    private static let linesBehind = 2_000
    private static let most = 32

    /// What a line of a log, or of its frame, holds.
    package static let anchors = [
        "processed ", "PROG LOAD LOG", "erifier output:", "erifier analysis:", "erifier error:", "Kernel error log:", "load program: ",
        "Failed to load program",
    ]

    /// Every log of a text, in order.
    public static func all(in text: LogText) -> [VerifierReport] {
        guard text.bytes.count > longestWhole else { return read(text.lines[...], in: text) }
        let anchors = text.lines(containing: anchors, most: 2 * most)
        var found: [VerifierReport] = []
        var end = -1
        for anchor in anchors where anchor.range.lowerBound > end {
            var lines: [LogText.Line] = []
            var start = anchor
            for _ in 0..<linesBefore where start.range.lowerBound > max(end + 1, 0) { start = text.line(around: start.range.lowerBound - 1) }
            var next: LogText.Line? = start
            while let line = next, lines.count < linesBefore + linesBehind {
                lines.append(line)
                if line.range.lowerBound > anchor.range.lowerBound,
                    case .statistics? = LogLine.messages(in: text.bytes[line.range].prefix(4_096)).last.map({ VerifierLine($0.text) })
                {
                    break
                }
                next = text.line(after: line)
            }
            end = lines.last?.range.upperBound ?? end
            found += read(lines[...], in: text)
            if found.count >= most { break }
        }
        return found
    }

    private static func read(_ lines: ArraySlice<LogText.Line>, in text: LogText) -> [VerifierReport] {
        var reader = VerifierReportReader()
        for line in lines {
            let bytes = text.bytes[line.range]
            for message in LogLine.messages(in: bytes.prefix(64 << 10)) { reader.read(message, line: line, raw: bytes) }
        }
        reader.finish(isCut: lines.last.map { !$0.isEnded } ?? true)
        return reader.reports
    }
}

extension VerifierLog {
    /// The log that follows a failure's line or is part of it; nil if there is none.
    static func behind(_ line: LogText.Line, words: String, in text: LogText) -> VerifierLog? {
        var reader = VerifierReportReader()
        var next: LogText.Line? = line
        var count = 0
        while let current = next, count < 2_500, reader.reports.isEmpty {
            let bytes = text.bytes[current.range]
            for message in LogLine.messages(in: bytes.prefix(64 << 10)) { reader.read(message, line: current, raw: bytes) }
            count += 1
            // Where the first lines have nothing of a verifier's, none follows.
            if count > 3, !reader.isWithin { break }
            next = text.line(after: current)
        }
        reader.finish(isCut: next == nil && text.bytes.last != 0x0A)
        return reader.reports.first?.log
    }
}
