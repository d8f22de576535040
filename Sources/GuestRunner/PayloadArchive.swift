/// Reads a "newc" cpio archive (kernel documentation, driver-api/early-userspace/buffer-format) piece by piece and returns its entries. Rejects
/// every entry that could leave the destination folder or fill the guest.
public struct PayloadArchive {
    public struct Entry: Hashable, Sendable {
        public enum Kind: Hashable, Sendable {
            case file(size: Int)
            case folder
            case symlink(target: String)
        }

        /// The components of the path; never empty, none of them empty, `.` or `..`.
        public let path: [String]
        public let kind: Kind
        /// The permission bits.
        public let mode: UInt32
    }

    public enum Violation: Error, Hashable, Sendable, CustomStringConvertible {
        case truncated
        case badMagic
        case badHeader
        case unsafePath(String)
        case unsupportedKind(path: String, mode: UInt32)
        case tooLarge
        case tooManyEntries
        /// The source of the bytes failed; with the errno.
        case unreadable(Int32)

        public var description: String {
            switch self {
            case .truncated: "the payload ends inside an entry"
            case .badMagic: "the payload is not a cpio archive of the newc format"
            case .badHeader: "a header of the payload cannot be read"
            case .unsafePath(let path): "the payload names an unsafe path ('\(path)')"
            case .unsupportedKind(let path, let mode): "'\(path)' in the payload is neither file, folder nor symbolic link (mode \(String(mode, radix: 8)))"
            case .tooLarge: "the payload holds more than \(maximumTotal) bytes"
            case .tooManyEntries: "the payload holds more than \(maximumEntries) entries"
            case .unreadable(let code): "the payload disk cannot be read (errno \(code))"
            }
        }
    }

    /// The limit of all files together, in bytes: a guest has 512 MiB of memory, and everything is unpacked into it.
    public static let maximumTotal = 256 << 20
    public static let maximumEntries = 10_000
    static let maximumName = 4096

    private let read: (Int) throws(Violation) -> [UInt8]
    private var buffer: [UInt8] = []
    private var consumed = 0
    private var offset = 0
    private var total = 0
    private var entries = 0

    /// - Parameter read: Returns up to the given number of next bytes; empty at the end.
    public init(read: @escaping (Int) throws(Violation) -> [UInt8]) { self.read = read }

    /// The next entry, or nil after the last. A file's content must be taken with `content` before the next call.
    public mutating func next() throws(Violation) -> Entry? {
        let header = try take(110)
        guard header.starts(with: Array("070701".utf8)) else { throw .badMagic }
        var fields: [Int] = []
        for index in 0..<13 {
            guard let value = Self.hexadecimal(header[(6 + index * 8)..<(14 + index * 8)]) else { throw .badHeader }
            fields.append(value)
        }
        let (mode, size, nameSize) = (UInt32(fields[1]), fields[6], fields[11])
        guard nameSize >= 2, nameSize <= Self.maximumName else { throw .badHeader }
        let rawName = try take(nameSize)
        try skipPadding()
        guard rawName.last == 0, !rawName.dropLast().contains(0) else { throw .badHeader }
        let name = String(decoding: rawName.dropLast(), as: UTF8.self)
        if name == "TRAILER!!!" { return nil }
        entries += 1
        guard entries <= Self.maximumEntries else { throw .tooManyEntries }
        total += size
        guard total <= Self.maximumTotal else { throw .tooLarge }
        return try entry(name: name, mode: mode, size: size)
    }

    /// Passes on the content of the file that `next` returned, in the pieces in which it is read. An agent is twenty megabytes, and each copy of
    /// it takes an emulated guest a hundredth of its time.
    public mutating func content<Failure: Error>(size: Int, _ body: (ArraySlice<UInt8>) throws(Failure) -> Void) throws {
        var left = size
        while left > 0 {
            if consumed == buffer.count {
                buffer = try more()
                consumed = 0
            }
            let piece = buffer[consumed...].prefix(left)
            try body(piece)
            left -= piece.count
            consumed += piece.count
            offset += piece.count
        }
        try skipPadding()
    }

    private mutating func entry(name: String, mode: UInt32, size: Int) throws(Violation) -> Entry {
        let path = try Self.components(name)
        let permissions = mode & 0o7777
        switch mode & 0o170000 {
        case 0o100000:
            return Entry(path: path, kind: .file(size: size), mode: permissions)
        case 0o040000:
            guard size == 0 else { throw .badHeader }
            return Entry(path: path, kind: .folder, mode: permissions)
        case 0o120000:
            guard size > 0, size <= Self.maximumName else { throw .badHeader }
            let target = try take(size)
            try skipPadding()
            guard !target.contains(0) else { throw .badHeader }
            return Entry(path: path, kind: .symlink(target: String(decoding: target, as: UTF8.self)), mode: permissions)
        default:
            throw .unsupportedKind(path: name, mode: mode)
        }
    }

    /// Splits a relative path. Rejects an absolute path and one with `..`.
    static func components(_ name: String) throws(Violation) -> [String] {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= 255 }) else {
            throw .unsafePath(name)
        }
        return parts
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | Int(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | Int(digit - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | Int(digit - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return value
    }

    private mutating func skipPadding() throws(Violation) { _ = try take((4 - offset % 4) % 4) }

    private mutating func take(_ count: Int) throws(Violation) -> [UInt8] {
        while buffer.count - consumed < count {
            if consumed > 0 {
                buffer.removeFirst(consumed)
                consumed = 0
            }
            buffer += try more()
        }
        defer {
            consumed += count
            offset += count
        }
        return Array(buffer[consumed..<(consumed + count)])
    }

    private func more() throws(Violation) -> [UInt8] {
        let bytes = try read(256 * 1024)
        guard !bytes.isEmpty else { throw .truncated }
        return bytes
    }
}
