/// The rest of a line while its prefix is removed: byte operations, and every piece of a prefix except time stamps.
struct PrefixCursor {
    var rest: ArraySlice<UInt8>

    init(_ line: ArraySlice<UInt8>) { rest = line }

    // MARK: - Bytes

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }
    /// What names of programs, hosts and containers are made of.
    static func isName(_ byte: UInt8) -> Bool {
        isDigit(byte) || isLetter(byte) || byte == 0x2D || byte == 0x5F || byte == 0x2E || byte == 0x40 || byte == 0x2F
    }

    func at(_ offset: Int) -> UInt8? { offset < rest.count ? rest[rest.startIndex + offset] : nil }

    mutating func skip(while isWanted: (UInt8) -> Bool) {
        while let byte = rest.first, isWanted(byte) { rest.removeFirst() }
    }

    mutating func skipBlanks() { skip { $0 == 0x20 || $0 == 0x09 } }

    mutating func dropLineEnd() {
        while rest.last == 0x0D || rest.last == 0x0A { rest.removeLast() }
    }

    /// Colours of terminals, wherever they stand.
    mutating func dropEscapes() {
        guard rest.contains(0x1B) else { return }
        var out: [UInt8] = []
        var position = rest.startIndex
        while position < rest.endIndex {
            if rest[position] == 0x1B, position + 1 < rest.endIndex, rest[position + 1] == UInt8(ascii: "[") {
                position += 2
                while position < rest.endIndex, rest[position] < 0x40 { position += 1 }
                position += 1
            } else {
                out.append(rest[position])
                position += 1
            }
        }
        rest = out[...]
    }

    /// Moves past a shape in which `0` matches a digit, `a` a letter, and any other byte itself. Does not move if it does not match.
    mutating func take(_ shape: StaticString) -> Bool {
        let fits = shape.withUTF8Buffer { wanted in
            wanted.count <= rest.count
                && wanted.indices.allSatisfy { index in
                    let byte = rest[rest.startIndex + index]
                    return switch wanted[index] {
                    case UInt8(ascii: "0"): Self.isDigit(byte)
                    case UInt8(ascii: "a"): Self.isLetter(byte)
                    default: byte == wanted[index]
                    }
                }
        }
        if fits { rest = rest.dropFirst(shape.utf8CodeUnitCount) }
        return fits
    }

    /// Moves past these bytes. Does not move if the rest begins with others.
    mutating func takeLiteral(_ literal: StaticString) -> Bool {
        let fits = literal.withUTF8Buffer { wanted in rest.starts(with: wanted) }
        if fits { rest = rest.dropFirst(literal.utf8CodeUnitCount) }
        return fits
    }

    /// `12: (85) call …` or `12: R1=…`: the verifier's own numbering, which no prefix is made of.
    var isInstruction: Bool {
        let digits = rest.prefix { Self.isDigit($0) }.count
        guard digits > 0, digits <= 7, at(digits) == UInt8(ascii: ":"), at(digits + 1) == 0x20 else { return false }
        return at(digits + 2) == UInt8(ascii: "(") && at(digits + 5) == UInt8(ascii: ")")
            || at(digits + 2) == UInt8(ascii: "R") && at(digits + 3).map { Self.isDigit($0) } == true
    }

    // MARK: - Pieces

    /// `> ` of mail, `| ` of tables.
    mutating func takeQuotation() -> Bool {
        guard let byte = rest.first, byte == UInt8(ascii: ">") || byte == UInt8(ascii: "|"), at(1) == 0x20 else { return false }
        rest = rest.dropFirst(2)
        return true
    }

    /// `<30>` of syslog.
    mutating func takePriority() -> Bool { take("<0>") || take("<00>") || take("<000>") }

    /// `<30>1 2026-02-11T10:22:06Z host program 811 - - ` of syslog (RFC 5424). Returns the program.
    mutating func takeStructuredSyslog() -> String? {
        var other = self
        guard other.takePriority(), other.takeLiteral("1 "), other.takeTime() else { return nil }
        var words: [ArraySlice<UInt8>] = []
        for _ in 0..<4 {
            let word = other.rest.prefix { $0 != 0x20 }
            guard !word.isEmpty, word.count <= 255 else { return nil }
            words.append(word)
            other.rest = other.rest[word.endIndex...].dropFirst()
        }
        // Structured data is `-`, or elements in brackets.
        if other.rest.first == UInt8(ascii: "["), let end = other.rest.firstRange(of: Array("] ".utf8)) {
            other.rest = other.rest[end.upperBound...]
        } else {
            guard other.takeLiteral("- ") || other.takeLiteral("-") else { return nil }
        }
        _ = other.takeLiteral("\u{FEFF}")
        self = other
        return String(decoding: words[1], as: UTF8.self)
    }

    /// `stderr F ` of the container runtimes' log files.
    mutating func takeStream() -> Bool {
        takeLiteral("stdout F ") || takeLiteral("stderr F ") || takeLiteral("stdout P ") || takeLiteral("stderr P ") || takeLiteral("stdout ")
            || takeLiteral("stderr ")
    }

    /// `host program[123]: ` behind a time stamp, or `program[123]: ` alone.
    mutating func takeHostAndProgram() -> String? {
        let saved = rest
        if let name = takeProgram() { return name }
        // Rust's chains of errors have these words, and no host is called so.
        if rest.starts(with: "Caused by:".utf8) { return nil }
        let host = rest.prefix { Self.isName($0) }
        guard !host.isEmpty, host.count <= 64, rest[host.endIndex...].first == 0x20 else { return nil }
        rest = rest[(host.endIndex + 1)...]
        skipBlanks()
        if let name = takeProgram(isKnown: true) { return name }
        rest = saved
        return nil
    }

    /// `program[123]: `; behind a host also `kernel: `.
    mutating func takeProgram(isKnown: Bool = false) -> String? {
        var name = rest.prefix { Self.isName($0) }
        // `(systemd)[1]: ` is a process that is about to become another.
        if name.isEmpty, rest.first == UInt8(ascii: "("), let close = rest.prefix(64).firstIndex(of: UInt8(ascii: ")")) {
            name = rest[(rest.startIndex + 1)..<close]
        }
        guard !name.isEmpty, name.count <= 64 else { return nil }
        var next = rest[name.endIndex...]
        if next.first == UInt8(ascii: ")") { next.removeFirst() }
        let isNumbered = next.first == UInt8(ascii: "[")
        if isNumbered {
            next.removeFirst()
            let digits = next.prefix { Self.isDigit($0) }
            guard !digits.isEmpty, next[digits.endIndex...].first == UInt8(ascii: "]") else { return nil }
            next = next[(digits.endIndex + 1)...]
        }
        guard isNumbered || isKnown, next.first == UInt8(ascii: ":"), next.dropFirst().first.map({ $0 == 0x20 || $0 == 0x09 }) ?? true else { return nil }
        rest = next.dropFirst(2)
        return String(decoding: name, as: UTF8.self)
    }

    /// `app-1  | ` of compose, `[pod/name/container] ` of kubectl.
    mutating func takeContainer() -> String? {
        if takeLiteral("[pod/"), let close = rest.prefix(200).firstIndex(of: UInt8(ascii: "]")) {
            let name = String(decoding: rest[..<close].split(separator: UInt8(ascii: "/")).last ?? [], as: UTF8.self)
            rest = rest[(close + 1)...]
            return name
        }
        let name = rest.prefix { Self.isName($0) }
        guard !name.isEmpty, name.count <= 64 else { return nil }
        var next = rest[name.endIndex...]
        let blanks = next.prefix { $0 == 0x20 }.count
        next = next.dropFirst(blanks)
        guard blanks > 0, next.first == UInt8(ascii: "|"), next.dropFirst().first.map({ $0 == 0x20 }) ?? true else { return nil }
        rest = next.dropFirst(2)
        return String(decoding: name, as: UTF8.self)
    }

    private static let levels = [
        "trace", "debug", "info", "notice", "warn", "warning", "error", "err", "fatal", "critical", "crit", "alert", "panic", "libs", "dbg", "inf", "wrn",
    ]

    /// `[WARN] `, `ERROR `, `error: `, `level=warn `.
    mutating func takeLevel() -> Bool {
        let saved = rest
        if takeLiteral("level=") || takeLiteral("lvl=") || takeLiteral("severity=") {
            if rest.first == UInt8(ascii: "\"") { rest.removeFirst() }
        }
        let isBracketed = rest.first == UInt8(ascii: "[")
        if isBracketed { rest.removeFirst() }
        let word = rest.prefix { Self.isLetter($0) }
        guard !word.isEmpty, Self.levels.contains(String(decoding: word, as: UTF8.self).lowercased()) else {
            rest = saved
            return false
        }
        rest = rest[word.endIndex...]
        if rest.first == UInt8(ascii: "\"") { rest.removeFirst() }
        if isBracketed {
            // `ERRO[0010] ` of logrus counts seconds.
            guard rest.first == UInt8(ascii: "]") else {
                rest = saved
                return false
            }
            rest.removeFirst()
        } else if rest.first == UInt8(ascii: "["), let close = rest.prefix(8).firstIndex(of: UInt8(ascii: "]")) {
            rest = rest[(close + 1)...]
        }
        // `error` within a sentence is a word: only with blanks or a colon behind it, and `Error: ` alone says something.
        guard let next = rest.first, next == 0x20 || next == 0x09 || next == UInt8(ascii: ":") || rest.startIndex > saved.startIndex && isBracketed,
            isBracketed || word.allSatisfy({ $0 < 0x60 })
                || saved.first == UInt8(ascii: "l") && saved.count > 5 && saved.dropFirst(5).first == UInt8(ascii: "=") || next == UInt8(ascii: ":")
        else {
            rest = saved
            return false
        }
        skip { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ":") }
        return true
    }

    /// `util.py[DEBUG]: `, `agent::loader: `, `file.go:123: ` behind a time.
    mutating func takeSourcePosition() -> Bool {
        let saved = rest
        let name = rest.prefix { Self.isName($0) || $0 == UInt8(ascii: ":") }
        guard name.count > 3, name.count <= 80 else { return false }
        let words = String(decoding: name, as: UTF8.self)
        if rest[name.endIndex...].first == UInt8(ascii: "["), words.hasSuffix(".py"),
            let close = rest[name.endIndex...].prefix(16).firstIndex(of: UInt8(ascii: "]"))
        {
            rest = rest[(close + 1)...]
            skip { $0 == UInt8(ascii: ":") || $0 == 0x20 }
            return true
        }
        let isModule = words.contains("::") && words.hasSuffix(":") && !words.hasSuffix("::")
        let isPlace = words.hasSuffix(":") && [".go:", ".rs:", ".c:", ".cpp:", ".cc:", ".py:"].contains { words.contains($0) }
        guard isModule || isPlace || Self.isNumberedFile(words), rest[name.endIndex...].first == 0x20 else {
            rest = saved
            return false
        }
        rest = rest[(name.endIndex + 1)...]
        return true
    }

    /// Whether a name is a file and a line's number, as Python's loggers are told to write it: `loader.py:88`.
    private static func isNumberedFile(_ name: String) -> Bool {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[1].count <= 6 && !parts[1].isEmpty && parts[1].allSatisfy(\.isNumber)
            && [".py", ".go", ".rs", ".c", ".cc", ".cpp"].contains { parts[0].hasSuffix($0) }
    }

    private static let fileEndings = [".log", ".txt", ".out", ".json", ".1", "syslog", "messages", "dmesg"].map { Array($0.utf8) }

    /// `file.log-`, `12-`, `file.log:12:` of grep with context.
    mutating func takeGrepPrefix() -> Bool {
        let name = rest.prefix(200).prefix { Self.isName($0) }
        for ending in Self.fileEndings {
            let found = name.withUnsafeBytes { all in ending.withUnsafeBytes { LogText.position(of: $0, in: all, from: 0) } }
            guard let found else { continue }
            let after = rest[(name.startIndex + found + ending.count)...]
            guard let mark = after.first, mark == UInt8(ascii: "-") || mark == UInt8(ascii: ":"), after.dropFirst().first != 0x20 || mark == UInt8(ascii: "-")
            else { continue }
            rest = after.dropFirst()
            _ = takeLineNumber()
            return true
        }
        return takeLineNumber()
    }

    private mutating func takeLineNumber() -> Bool {
        if isInstruction { return false }
        let digits = rest.prefix { Self.isDigit($0) }
        guard !digits.isEmpty, digits.count <= 7, let mark = rest[digits.endIndex...].first, mark == UInt8(ascii: "-") || mark == UInt8(ascii: ":") else {
            return false
        }
        let next = rest[(digits.endIndex + 1)...]
        // Dates, times and the fields of mountinfo contain such numbers too.
        guard let first = next.first, !Self.isDigit(first) || PrefixCursor(next).isInstruction || PrefixCursor(next).beginsWithTime else { return false }
        rest = next
        return true
    }
}
