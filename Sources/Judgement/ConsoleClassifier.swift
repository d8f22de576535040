public import MatrixModel

/// What a guest's console says of its kernel's health.
public enum ConsoleClassifier {
    public enum Trouble: Hashable, Sendable {
        case panic, oops
    }

    public struct Sighting: Hashable, Sendable {
        public let trouble: Trouble
        public let finding: Finding
    }

    /// The first panic and the first oops, in the order they were printed.
    ///
    /// A kernel prints a panic as `Kernel panic - not syncing: …` (kernel/panic.c) and an oops as `Oops: …`, `BUG: …` or
    /// `general protection fault` (arch/x86/kernel/dumpstack.c, lib/bug.c), on other processors as `Internal error: …` with the count of
    /// oopses (arch/arm64/kernel/traps.c, `die`). Only the start of a kernel message counts: the same words inside a quoted line are no
    /// trouble.
    public static func sightings(in console: [UInt8], source: String = "console.log") -> [Sighting] {
        var found: [Sighting] = []
        for line in lines(of: console) {
            let message = messageText(of: line)
            guard let trouble = trouble(of: message), !found.contains(where: { $0.trouble == trouble }) else { continue }
            found.append(Sighting(trouble: trouble, finding: Finding(source: source, quote: Quote.line(String(decoding: line, as: UTF8.self)))))
        }
        return found
    }

    /// Whether the kernel printed a message that starts with these words.
    static func hasMessage(_ start: String, in console: [UInt8]) -> Bool {
        lines(of: console).contains { messageText(of: $0).starts(with: start.utf8) }
    }

    /// Whether the kernel's own log lacks an oops. A process can write to the console as it likes. What it writes to the log (/dev/kmsg) gets a
    /// facility, so that its priority is 8 or more (kernel/printk/printk.c, `devkmsg_write`).
    ///
    /// - Parameter log: As syslog(2) gives it, in lines of `<PRIORITY>[   12.345678] TEXT`. A log whose start was overwritten lacks nothing.
    static func lacksOops(_ log: [UInt8]) -> Bool {
        let own = lines(of: log).compactMap { line -> ArraySlice<UInt8>? in
            guard line.first == UInt8(ascii: "<"), let close = line.prefix(6).firstIndex(of: UInt8(ascii: ">")),
                let priority = Int(String(decoding: line[(line.startIndex + 1)..<close], as: UTF8.self)), priority < 8
            else { return nil }
            return messageText(of: line[(close + 1)...])
        }
        return own.contains { $0.starts(with: "Linux version ".utf8) } && !own.contains { trouble(of: $0) == .oops }
    }

    private static func lines(of text: [UInt8]) -> [ArraySlice<UInt8>] { text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) }

    private static let panicStart = Array("Kernel panic - not syncing".utf8)
    private static let oopsStarts = [
        "Oops: ", "Oops[", "BUG: ", "kernel BUG at ", "general protection fault", "Unable to handle kernel", "SError Interrupt on CPU",
    ].map { Array($0.utf8) }

    /// A driver may call its own trouble an internal error; only `die` counts.
    private static let dieStart = Array("Internal error: ".utf8)
    private static let dieCount = Array(" [#".utf8)

    private static func trouble(of message: ArraySlice<UInt8>) -> Trouble? {
        if message.starts(with: panicStart) { return .panic }
        if message.starts(with: dieStart), !message.ranges(of: dieCount).isEmpty { return .oops }
        return oopsStarts.contains { message.starts(with: $0) } ? .oops : nil
    }

    /// A kernel line without its `[    1.234567] ` stamp; a line without a stamp is not the kernel's.
    private static func messageText(of line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard line.first == UInt8(ascii: "["), let close = line.prefix(24).firstIndex(of: UInt8(ascii: "]")) else { return [] }
        let inside = line[(line.startIndex + 1)..<close]
        guard inside.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: " ") }) else { return [] }
        return line[(close + 1)...].drop { $0 == UInt8(ascii: " ") }
    }
}
