/// A tar archive that arrives piece by piece. What a member holds is handed on in pieces, so the memory does not depend on its size.
public struct TarParser {
    public enum Event {
        /// A member begins.
        case entry(name: String, kind: TarEntry.Kind)
        /// More of a file's content.
        case content(ArraySlice<UInt8>)
        /// The member is complete.
        case end
    }

    private enum State {
        case header
        /// - left: Of the content, in bytes; fill: what follows it up to the block's end.
        case content(TarHeader.Use, isFile: Bool, left: Int, fill: Int)
        case ended
    }

    /// Of a name or an extended header, in bytes.
    private static let largestName = 1 << 16

    private var state = State.header
    /// A part of a header, or of a long name.
    private var held: [UInt8] = []
    private var longName: String?
    private var offset = 0

    public init() {}

    public mutating func add(_ bytes: ArraySlice<UInt8>, _ body: (Event) throws(ArchiveError) -> Void) throws(ArchiveError) {
        var rest = bytes
        while !rest.isEmpty {
            switch state {
            case .ended: return
            case .header:
                take(TarHeader.size - held.count, from: &rest)
                if held.count == TarHeader.size { try begin(body) }
            case .content(let use, let isFile, let left, let fill) where left > 0:
                let piece = rest.prefix(left)
                if use != .entry { held += use == .ignored ? [] : piece } else if isFile { try body(.content(piece)) }
                rest = rest.dropFirst(piece.count)
                offset += piece.count
                state = .content(use, isFile: isFile, left: left - piece.count, fill: fill)
                if left == piece.count { try end(use, body) }
            case .content(let use, let isFile, _, let fill):
                let count = min(fill, rest.count)
                rest = rest.dropFirst(count)
                offset += count
                state = count == fill ? .header : .content(use, isFile: isFile, left: 0, fill: fill - count)
            }
        }
    }

    private mutating func take(_ count: Int, from rest: inout ArraySlice<UInt8>) {
        let piece = rest.prefix(count)
        held += piece
        offset += piece.count
        rest = rest.dropFirst(piece.count)
    }

    private mutating func begin(_ body: (Event) throws(ArchiveError) -> Void) throws(ArchiveError) {
        let block = held
        held = []
        guard let header = try TarHeader(block, at: offset - block.count) else { return state = .ended }
        guard header.use == .entry || header.size <= Self.largestName else { throw .tooLarge("a name of \(header.size) bytes") }
        if header.use == .entry {
            try body(.entry(name: longName ?? header.name, kind: header.kind))
            longName = nil
        }
        state = .content(header.use, isFile: header.kind == .file, left: header.size, fill: header.padded - header.size)
        if header.size == 0 { try end(header.use, body) }
    }

    /// The content is complete.
    private mutating func end(_ use: TarHeader.Use, _ body: (Event) throws(ArchiveError) -> Void) throws(ArchiveError) {
        switch use {
        case .entry: try body(.end)
        case .longName: longName = TarHeader.longName(held)
        case .extended: longName = try TarHeader.path(extended: held) ?? longName
        case .ignored: break
        }
        held = []
        if case .content(_, _, _, fill: 0) = state { state = .header }
    }

    /// - Throws: `malformed` when the archive breaks off.
    public func finish() throws(ArchiveError) {
        guard case .ended = state else { throw .malformed("the archive breaks off at byte \(offset)") }
    }
}
