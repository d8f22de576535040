/// Removes what loggers and people put in front of a message, piece by piece from the left.
enum LogPrefix {
    private static let longest = 12

    static func strip(_ raw: ArraySlice<UInt8>) -> LogLine {
        var cursor = PrefixCursor(raw)
        cursor.dropLineEnd()
        cursor.dropEscapes()
        var speaker: String?
        var isPrefixed = false
        for _ in 0..<longest {
            let before = cursor.rest.startIndex
            cursor.skipBlanks()
            if let name = piece(&cursor) { speaker = name.isEmpty ? speaker : name }
            if cursor.rest.startIndex == before { break }
            isPrefixed = true
            if cursor.isInstruction { break }
        }
        return LogLine(text: String(decoding: cursor.rest, as: UTF8.self), speaker: speaker, isPrefixed: isPrefixed)
    }

    /// Removes one piece. Returns the speaker that it names, an empty string if it names none, nil if nothing was removed.
    private static func piece(_ cursor: inout PrefixCursor) -> String? {
        if cursor.isInstruction { return nil }
        if let program = cursor.takeStructuredSyslog() { return program == "-" ? "" : program }
        if cursor.takeQuotation() || cursor.takePriority() { return "" }
        let isBare = cursor.beginsWithBareTime
        if cursor.takeTime() {
            cursor.skip(while: { $0 == 0x20 || $0 == 0x09 })
            if cursor.takeStream() { return "" }
            return isBare ? "" : cursor.takeHostAndProgram() ?? ""
        }
        if cursor.takeLevel() { return "" }
        if cursor.takeSourcePosition() { return "" }
        return cursor.takeContainer() ?? cursor.takeProgram() ?? (cursor.takeGrepPrefix() ? "" : nil)
    }

    /// The message of a line in logfmt (`level=error msg="…"`) or of a JSON object; nil for a line of neither.
    static func loggedValue(in text: String) -> String? {
        if text.first == "{", text.contains("\":") {
            for key in ["\"message\":", "\"msg\":", "\"log\":", "\"MESSAGE\":", "\"error\":", "\"err\":", "\"text\":"] {
                if let value = quoted(behind: key, in: text), !value.isEmpty {
                    return joined(value, with: key.contains("error") ? nil : quoted(behind: "\"error\":", in: text))
                }
            }
            return nil
        }
        guard text.contains("=") else { return nil }
        for key in ["msg=", "message=", "err=", "error="] {
            guard let range = text.firstRange(of: key), range.lowerBound == text.startIndex || text[text.index(before: range.lowerBound)] == " " else {
                continue
            }
            // Only a line that begins like logfmt is logfmt: `… with error=…` is prose.
            guard isKey(text.prefix { $0 != "=" }) else { return nil }
            let rest = text[range.upperBound...]
            guard rest.first == "\"" else { continue }
            let value = quoted(behind: key, in: text) ?? ""
            return joined(value, with: key == "msg=" || key == "message=" ? quoted(behind: " error=", in: text) ?? quoted(behind: " err=", in: text) : nil)
        }
        return nil
    }

    private static func isKey(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 32 && text.utf8.allSatisfy { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
    }

    private static func joined(_ value: String, with error: String?) -> String { error.map { value + ": " + $0 } ?? value }

    /// A quoted value, still escaped. One that breaks off reaches to the end.
    private static func quoted(behind key: String, in text: String) -> String? {
        guard let range = text.firstRange(of: key) else { return nil }
        let rest = text[range.upperBound...].drop { $0 == " " }
        guard rest.first == "\"" else { return nil }
        var isEscaped = false
        var end = rest.endIndex
        for index in rest.indices.dropFirst() {
            if isEscaped {
                isEscaped = false
            } else if rest[index] == "\\" {
                isEscaped = true
            } else if rest[index] == "\"" {
                end = index
                break
            }
        }
        return String(rest[rest.index(after: rest.startIndex)..<end])
    }

    /// Replaces `\n`, `\t`, `\"` and `\\` with their characters and leaves everything else.
    static func unescaped(_ text: String) -> String {
        var out = ""
        out.reserveCapacity(text.utf8.count)
        var rest = text[...]
        while let slash = rest.firstIndex(of: "\\") {
            out += rest[..<slash]
            rest = rest[rest.index(after: slash)...]
            switch rest.first {
            case "n": out += "\n"
            case "t": out += "\t"
            case "r": break
            case "\"", "\\", "/", "'": out.append(rest.removeFirst()); continue
            default: out += "\\"; continue
            }
            rest.removeFirst()
        }
        return out + rest
    }
}
