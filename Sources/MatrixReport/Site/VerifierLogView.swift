/// A verifier log by line: source, instructions, register state, and the rejection.
struct VerifierLogView {
    enum Kind: Equatable { case source, instruction, state, refusal, other }

    let lines: [(kind: Kind, bytes: ArraySlice<UInt8>)]

    /// - Parameter isEnd: Whether the log ends here, because a rejection comes last.
    init(_ log: [UInt8], isEnd: Bool) {
        var lines = log.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { (kind: Self.kind($0), bytes: $0) }
        if isEnd {
            // The rejection is everything after the last instruction, except statistics.
            let start = lines.lastIndex { $0.kind == .instruction }.map { $0 + 1 } ?? 0
            for index in start..<lines.count where lines[index].kind == .other && !lines[index].bytes.isEmpty { lines[index].kind = .refusal }
            if lines.contains(where: { $0.kind == .refusal }), start > 0 { lines[start - 1].kind = .refusal }
        }
        self.lines = lines
    }

    private static func kind(_ line: ArraySlice<UInt8>) -> Kind {
        guard let first = line.first else { return .other }
        if first == UInt8(ascii: ";") { return .source }
        let digits = line.prefix { ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) }
        if !digits.isEmpty, line.dropFirst(digits.count).starts(with: ": (".utf8) { return .instruction }
        let isState =
            [" R", "R0", "R1", "from ", "last_idx", "regs=", "parent ", "caller", "callee"].contains { line.starts(with: $0.utf8) }
            || !digits.isEmpty && line.dropFirst(digits.count).starts(with: ": R".utf8)
        if isState { return .state }
        let isStatistic = ["processed ", "verification time", "stack depth", "peak_states"].contains { line.starts(with: $0.utf8) }
        return isStatistic ? .state : .other
    }

    func render(_ html: inout Markup) {
        for (index, line) in lines.enumerated() {
            if index > 0 { html.lineBreak() }
            let mark: String? =
                switch line.kind {
                case .source: "s"
                case .refusal: "e"
                case .state: "r"
                case .instruction, .other: nil
                }
            if let mark { html.open("span", ["class": mark]) }
            html.text(Array(line.bytes))
            if mark != nil { html.close("span") }
        }
    }
}
