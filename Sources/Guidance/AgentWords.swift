/// What an agent's or a loader's log says of the set-up of its programs: one reader for upstream's agent, ours, aya, libbpf, libbpf-rs,
/// cilium/ebpf, bcc, bpftrace, tc and their like, behind any usual line prefix.
///
/// Pure, and bounded in time: only lines that hold certain words are looked at, at most twenty thousand of them.
///
///     let words = AgentWords(logBytes)
///     if let failure = words.standing.last { … failure.stage, failure.outcome, failure.error, failure.line … }
public struct AgentWords: Hashable, Sendable {
    /// Every failure, in order. A repeated one is kept at its last occurrence, with a count. systemd's own probes are left out.
    public let failures: [SetupFailure]
    /// The failures that no later success cancels: the state at the end of the log.
    public let standing: [SetupFailure]
    /// Whether the log says that the programs are loaded and attached, and nothing after that against it.
    public let saysProgramsRun: Bool

    /// What a line has to hold to be looked at.
    package static let needles = [
        "bpf", "BPF", "rogram", "edirector", "cgroup", "key details", "the key '", "attest the key", "get key status", "ready to use", "roxy listener",
        "TcpListener",
        "perf event:", "memlock rlimit:", "reate link", "CreateError", "LoadError", "SyscallError", "reate map", "map create", "load program",
        "os error", "erifier", "requires >= v",
    ]

    /// - Parameter log: The bytes of a log, a console, a journal or a message of `status.json`.
    public init(_ log: [UInt8]) { self.init(LogText(log)) }

    public init(_ text: some StringProtocol) { self.init(LogText(text)) }

    public init(_ text: LogText) {
        var found: [Found] = []
        var successes: [SetupSuccess] = []
        for line in text.lines(containing: Self.needles) {
            for message in LogLine.messages(in: text.bytes[line.range].prefix(16 << 10)) {
                if let success = Self.success(message, at: line.range.lowerBound) {
                    if successes.count < 4_096 { successes.append(success) }
                } else if let failure = Self.failure(message, at: line, in: text), !failure.isProbeOfSystemd {
                    Self.add(Found(failure: failure, words: message.text, line: line), to: &found)
                }
            }
        }
        // Only what is left of many repetitions is worth reading the verifier's log behind it.
        failures = found.map { entry in
            entry.failure.stage == .load ? entry.failure.with(Self.outcome(entry, in: text)) : entry.failure
        }
        let standing = failures.filter { failure in !successes.contains { failure.isTakenBack(by: $0) } }
        self.standing = standing
        let isSetUp: (SetupFailure) -> Bool = { [.load, .map, .attach, .link].contains($0.stage) }
        saysProgramsRun = successes.contains { $0.kind == .everything || $0.kind == .attached } && !standing.contains(where: isSetUp)
    }

    private struct Found {
        var failure: SetupFailure
        let words: String
        let line: LogText.Line
    }

    /// A log that tries again and again says the same each time.
    private static func add(_ new: Found, to found: inout [Found]) {
        var new = new
        let same = found.lastIndex {
            $0.failure.stage == new.failure.stage && $0.failure.subject == new.failure.subject && $0.failure.error == new.failure.error
        }
        if let same {
            let old = found.remove(at: same)
            // libbpf repeats a failure without saying what it was about.
            if new.failure.line.contains("auto-attach") { new = old }
            new.failure.count = old.failure.count + 1
        }
        if found.count < 64 { found.append(new) }
    }

    // MARK: - Successes

    private static let successWords: [(words: String, kind: SetupSuccess.Kind)] = [
        ("Started Redirector with eBPF maps", .everything), ("Success attached bpf prog", .everything), ("program attached with id", .attached),
        ("attached successfully", .attached), (" program loaded.", .loaded),
        ("Started proxy listener", .listening), ("Successfully attest the key and ready to use", .key), ("Found key details from local and ready to use", .key),
    ]

    private static func success(_ message: LogLine, at position: Int) -> SetupSuccess? {
        guard let (words, kind) = successWords.first(where: { message.text.contains($0.words) }) else { return nil }
        // `connect4 program loaded.` and `tcp_v4_connect program attached with id …` name the program first.
        let subject = [.loaded, .attached].contains(kind) ? message.text.firstRange(of: words).flatMap { name(before: message.text[..<$0.lowerBound]) } : nil
        return SetupSuccess(kind: kind, subject: subject, position: position)
    }

    private static func name(before text: Substring) -> String? {
        let word = text.split(separator: " ").last { $0 != "program" } ?? ""
        return word.isEmpty || !word.utf8.allSatisfy(isNameByte) ? nil : String(word)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == 0x5F || byte == 0x2F || byte == 0x2E || byte == 0x2D
            || byte == 0x3A
    }

    // MARK: - Failures

    /// The words of a failure and what they are about, the most telling first. A line counts once.
    private static let failureWords: [(words: [String], stage: SetupFailure.Stage)] = [
        (["`bpf_link_create` failed"], .link), (["bpf_link_create", "ailed"], .link), (["ailed to create", " link"], .link), (["create link:"], .link),
        (["ailed to attach"], .attach), (["ailed to auto-attach"], .attach), (["rror attaching"], .attach), (["an't attach"], .attach),
        (["annot attach"], .attach),
        (["ould not attach"], .attach), (["attach to cgroup"], .attach), (["attach cgroup"], .attach), (["program attach failed"], .attach),
        (["attaching", "failed"], .attach),
        (["attach", ": operation not permitted"], .attach),
        (["Failed to open cgroup"], .attach), (["ailed to create", "perf event"], .attach), (["bpf_raw_tracepoint_open", "ailed"], .attach),
        (["bpf_prog_attach", "ailed"], .attach), (["opening perf event:"], .attach), (["memlock rlimit:"], .load),
        (["map '", "failed to create"], .map), (["ailed to create map"], .map), (["map create:"], .map), (["creating map"], .map),
        // Rust's debug output of an unhandled error of aya.
        (["CreateError {"], .map), (["SyscallError {", "bpf_link_create"], .link), (["SyscallError {", "bpf_prog_attach"], .attach),
        (["SyscallError {", "perf_event_open"], .attach), (["LoadError {"], .load),
        (["BPF_MAP_CREATE", "ailed"], .map), (["create_map", "failed"], .map), (["rror creating", " map"], .map), (["an't create map"], .map),
        (["ould not open bpf map", "error:"], .map),
        (["BPF_PROG_LOAD", "ailed"], .load), (["Failed to load program"], .load), (["failed to load program"], .load), (["BPF program load failed"], .load),
        (["load bpf program failed"], .load), (["failed to load: -"], .load), (["load program:"], .load), (["rror loading program"], .load),
        (["rror loading BPF program"], .load),
        (["Prog section", "rejected"], .load), (["trivial BPF program"], .load), (["ould not load bpf program"], .load), (["ailed to load BPF"], .load),
        (["ailed to load bpf"], .load),
        (["ailed to load eBPF"], .load), (["bpf_prog_load", "ailed"], .load), (["program load failed"], .load),
        (["bpf_load_program()", "event="], .load), (["BPF_PROG_LOAD", "failed"], .load), (["bpf: ", "unction not implemented"], .load),
        (["map", "requires >= v"], .map), (["link", "requires >= v"], .link), (["requires >= v"], .load),
        (["ailed to bind TcpListener"], .listener), (["listener", "ailed to bind"], .listener), (["bind", "ddress already in use"], .listener),
        (["Failed to acquire key details"], .key), (["Failed to attest the key"], .key), (["Failed to check the key"], .key),
        (["Failed to save key details"], .key),
        (["Failed to get key status"], .key), (["The key file '", "is damaged"], .key),
    ]

    private static func failure(_ message: LogLine, at line: LogText.Line, in text: LogText) -> SetupFailure? {
        let words = message.text
        guard let entry = failureWords.first(where: { entry in entry.words.allSatisfy { words.contains($0) } }), !isProse(words, behind: entry.words) else {
            return nil
        }
        let stage = entry.stage
        // libbpf continues after these.
        if ["Retrying without", "skipping", "Skipping", "falling back", "is optional", "not fatal"].contains(where: { words.contains($0) }) { return nil }
        return SetupFailure(
            stage: stage, outcome: .failed, subject: subject(in: words), error: SystemError(in: words) ?? cause(below: line, in: text),
            line: String(decoding: text.bytes[line.range].prefix(1_000), as: UTF8.self), speaker: message.speaker, position: line.range.lowerBound)
    }

    /// Whether a failure's words are part of prose. A loader continues with a colon, a quotation mark or a number, or ends there.
    private static func isProse(_ words: String, behind parts: [String]) -> Bool {
        guard let last = parts.last, let range = words.firstRange(of: last) else { return false }
        let rest = words[range.upperBound...]
        guard rest.split(separator: " ").count >= 5, !rest.contains("probe") else { return false }
        return !rest.contains { ":'`\"([=-#".contains($0) || $0.isNumber }
    }

    /// The error at the bottom of a chain as Rust's and Go's programs print it: `Caused by:` and an indented line with the number.
    private static func cause(below line: LogText.Line, in text: LogText) -> SystemError? {
        var next = text.line(after: line)
        var isChain = false
        for _ in 0..<8 {
            guard let current = next else { return nil }
            let words = LogLine(bytes: text.bytes[current.range].prefix(1_000)).text
            if words.hasPrefix("Caused by:") || words.hasPrefix("Error:") { isChain = true }
            if isChain, words.contains("os error "), let error = SystemError(in: words) { return error }
            if !words.isEmpty, !isChain { return nil }
            next = text.line(after: current)
        }
        return nil
    }

    /// The name in quotes of the first `program '…'`, `prog '…'` or `map '…'`, or the word behind cilium's `program`.
    static func subject(in words: String) -> String? {
        for lead in ["CreateError { name: \"", "program '", "prog '", "map '", "map `", "program \"", "section '"] {
            guard let range = words.firstRange(of: lead) else { continue }
            let name = words[range.upperBound...].prefix { !"'`\"".contains($0) }
            if !name.isEmpty, name.utf8.count <= 128 { return String(name) }
        }
        for lead in ["program ", "map "] {
            guard let range = words.firstRange(of: lead) else { continue }
            let name = words[range.upperBound...].prefix { $0 != ":" && $0 != " " }
            if words[name.endIndex...].hasPrefix(": load program") || words[name.endIndex...].hasPrefix(": map create") { return String(name) }
        }
        return nil
    }

    /// How far a load got, from its line and the verifier log that may follow it.
    private static func outcome(_ found: Found, in text: LogText) -> SetupFailure.Outcome {
        if found.words.contains("trivial BPF program") { return .neverVerified }
        let isPrivilege = found.failure.error == .notPermitted
        guard let behind = VerifierLog.behind(found.line, words: found.words, in: text) else { return isPrivilege ? .neverVerified : .failed }
        return switch behind.state {
        case .refused: .refused
        case .finished: .failedAfterwards
        case .empty: isPrivilege || found.words.contains("Verifier output:") ? .neverVerified : .failed
        case .cut: .cut
        }
    }
}
