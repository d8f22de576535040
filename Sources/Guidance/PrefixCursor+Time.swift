/// Time stamps of loggers, of kernels and of container runtimes.
extension PrefixCursor {
    /// A time stamp of any usual form, with the brackets and the separators around it.
    mutating func takeTime() -> Bool {
        let saved = rest
        let isBracketed = rest.first == UInt8(ascii: "[")
        if isBracketed {
            rest.removeFirst()
            skipBlanks()
        }
        for key in ["time=\"", "ts=\"", "time=", "ts=", "t="] as [StaticString] where !isBracketed && takeLiteral(key) { break }
        guard takeDateAndTime() || takeMonthDay() || takeClock() || takeKlog() || isBracketed && takeSeconds() else {
            rest = saved
            return false
        }
        if rest.first == UInt8(ascii: "\"") { rest.removeFirst() }
        if isBracketed {
            // `[2025-01-01T00:00:00Z ERROR agent] `: level and module share the brackets.
            guard let close = rest.prefix(80).firstIndex(of: UInt8(ascii: "]")) else {
                rest = saved
                return false
            }
            rest = rest[(close + 1)...]
            // `[   12.3][ T123] ` of kernels with CONFIG_PRINTK_CALLER.
            if rest.first == UInt8(ascii: "["), let second = rest.prefix(16).firstIndex(of: UInt8(ascii: "]")) { rest = rest[(second + 1)...] }
        }
        skip { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ":") }
        // ` - ` of Python's loggers.
        if takeLiteral("- ") || takeLiteral("| ") { skipBlanks() }
        return true
    }

    /// `2026-11-28T11:10:29.007Z`, `2024-12-03 09:12:07,400`, `2025/09/06 07:00:00`.
    private mutating func takeDateAndTime() -> Bool {
        let saved = rest
        guard take("0000-00-00") || take("0000/00/00") else { return false }
        guard takeLiteral("T") || takeLiteral(" "), takeClock() else {
            rest = saved
            return false
        }
        return true
    }

    /// `11:10:29`, with a fraction and a zone.
    private mutating func takeClock() -> Bool {
        guard take("00:00:00") else { return false }
        if let byte = rest.first, byte == UInt8(ascii: ".") || byte == UInt8(ascii: ","), at(1).map({ Self.isDigit($0) }) == true {
            rest.removeFirst()
            skip(while: Self.isDigit)
        }
        if takeLiteral("Z") || takeLiteral(" UTC") { return true }
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            _ = take("+00:00") || take("-00:00") || take("+0000") || take("-0000")
        } else {
            _ = take(" +0000 ") || take(" -0000 ")
        }
        return true
    }

    /// `Feb 17 12:00:00`, `Mon Sep  1 12:00:00 2025`.
    private mutating func takeMonthDay() -> Bool {
        let saved = rest
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        if days.contains(String(decoding: rest.prefix(3), as: UTF8.self)), at(3) == 0x20 || at(3) == UInt8(ascii: ",") {
            rest = rest.dropFirst(3)
            skip { $0 == 0x20 || $0 == UInt8(ascii: ",") }
        }
        // Months are spelt in the machine's language: `Mär`, `févr.`, `3月`. The clock behind them makes it a time.
        let month = rest.prefix { Self.isLetter($0) || Self.isDigit($0) || $0 == UInt8(ascii: ".") || $0 >= 0x80 }
        guard !month.isEmpty, month.count <= 12, !month.allSatisfy(Self.isDigit), rest[month.endIndex...].first == 0x20 else {
            rest = saved
            return false
        }
        rest = rest[month.endIndex...]
        skipBlanks()
        let day = rest.prefix(while: Self.isDigit)
        rest = rest[day.endIndex...]
        skipBlanks()
        guard (1...2).contains(day.count), takeClock() else {
            rest = saved
            return false
        }
        _ = take(" 0000")
        return true
    }

    /// `I0906 07:00:00.000000       1 file.go:123] `.
    private mutating func takeKlog() -> Bool {
        guard let first = rest.first, "IWEF".utf8.contains(first) else { return false }
        let saved = rest
        rest.removeFirst()
        guard take("0000 "), takeClock(), let close = rest.prefix(120).firstIndex(of: UInt8(ascii: "]")) else {
            rest = saved
            return false
        }
        rest = rest[(close + 1)...]
        return true
    }

    /// `12.345678` within brackets, of dmesg.
    private mutating func takeSeconds() -> Bool {
        let saved = rest
        skip(while: Self.isDigit)
        guard rest.first == UInt8(ascii: "."), at(1).map({ Self.isDigit($0) }) == true else {
            rest = saved
            return false
        }
        rest.removeFirst()
        skip(while: Self.isDigit)
        return true
    }

    /// Whether a time stamp of the kernel or of klog follows. Neither host nor program stands behind these.
    var beginsWithBareTime: Bool {
        var other = self
        if other.takeLiteral("[") {
            other.skipBlanks()
            return other.takeSeconds()
        }
        return other.takeKlog()
    }

    var beginsWithTime: Bool {
        var other = self
        return other.takeTime()
    }
}
