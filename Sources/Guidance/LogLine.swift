/// One line of a log without what stood in front of its message: time stamps, host and program, levels, container names, quotation marks of
/// mail, file names of grep(1), escapes of terminals and of JSON.
///
/// journalctl(1), rsyslog, dmesg(1), klog, Docker and its compose, kubectl, Rust's and Go's loggers, Python's, cloud-init's and the agent's
/// own are known. What is not known stays part of the message.
public struct LogLine: Hashable, Sendable {
    /// The message.
    public let text: String
    /// The program or container that the prefix names: `systemd`, `azure-proxy-agent`, `kernel`; nil where it names none.
    public let speaker: String?
    /// Whether a prefix was removed.
    public let isPrefixed: Bool

    init(text: String, speaker: String?, isPrefixed: Bool) {
        self.text = text
        self.speaker = speaker
        self.isPrefixed = isPrefixed
    }

    /// - Parameter raw: One unchanged line of the file.
    public init(_ raw: some StringProtocol) { self = LogPrefix.strip(Array(raw.utf8)[...]) }

    init(bytes: ArraySlice<UInt8>) { self = LogPrefix.strip(bytes) }

    /// The messages that one line holds. JSON, Go's `%q` and Rust's `{:?}` write line ends as `\n`, and so one line may be many.
    public static func messages(in raw: some StringProtocol) -> [LogLine] { messages(in: Array(raw.utf8)[...]) }

    static func messages(in raw: ArraySlice<UInt8>) -> [LogLine] {
        let first = LogPrefix.strip(raw)
        let value = LogPrefix.loggedValue(in: first.text) ?? first.text
        guard value.utf8.contains(UInt8(ascii: "\\")) else {
            return [LogLine(text: value, speaker: first.speaker, isPrefixed: first.isPrefixed || value.utf8.count != first.text.utf8.count)]
        }
        return LogPrefix.unescaped(value).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().map { index, part in
            // What is in front of an inner line was there before its logger escaped it.
            let inner = index == 0 ? LogLine(text: String(part), speaker: nil, isPrefixed: true) : LogLine(String(part))
            return LogLine(text: inner.text, speaker: inner.speaker ?? first.speaker, isPrefixed: true)
        }
    }
}
