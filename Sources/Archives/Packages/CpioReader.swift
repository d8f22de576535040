/// Reads the cpio archive that an RPM package holds: the "new ASCII" form, with or without checksums (cpio(5)).
public enum CpioReader {
    private static let headerLength = 110

    /// - Parameter largest: The most bytes a member may have.
    public static func members<Bytes: RandomAccessCollection<UInt8>>(
        of archive: Bytes, largest: Int
    ) throws(PackageStreamError) -> [PackageMember] where Bytes.Index == Int {
        var members: [PackageMember] = []
        // Of several names for one file only the last comes with the content.
        var shared: [[Int]: [Int]] = [:]
        var offset = 0
        while true {
            guard offset + headerLength <= archive.count else { throw .malformed("the archive breaks off at byte \(offset)") }
            let header = Array(archive[offset..<offset + headerLength])
            guard header.starts(with: "070701".utf8) || header.starts(with: "070702".utf8) else { throw .malformed("no header at byte \(offset)") }
            guard let mode = field(header, 1), let size = field(header, 6), let nameSize = field(header, 11) else {
                throw .malformed("a header at byte \(offset) that is not a number")
            }
            guard size <= largest else { throw .tooLarge("a member of \(size) bytes") }
            let start = aligned(offset + headerLength + nameSize)
            guard nameSize > 0, start + size <= archive.count else { throw .malformed("the archive breaks off within a member at byte \(offset)") }
            let name = String(decoding: archive[(offset + headerLength)...].prefix(nameSize - 1), as: UTF8.self)
            if name == "TRAILER!!!" { return members }
            let kind = kind(mode)
            members.append(try PackageMember(name: name, kind: kind, content: kind == .file ? start..<start + size : start..<start))
            if kind == .file, let links = field(header, 4), links > 1 {
                let inode = [0, 7, 8].map { field(header, $0) ?? 0 }
                shared[inode, default: []].append(members.count - 1)
                if size > 0 { for position in shared[inode] ?? [] { members[position].content = start..<start + size } }
            }
            offset = aligned(start + size)
        }
    }

    private static func aligned(_ offset: Int) -> Int { (offset + 3) / 4 * 4 }

    /// A header's number after the magic, of eight hexadecimal digits.
    private static func field(_ header: [UInt8], _ index: Int) -> Int? {
        UInt32(String(decoding: header[(6 + 8 * index)...].prefix(8), as: UTF8.self), radix: 16).map(Int.init)
    }

    private static func kind(_ mode: Int) -> PackageMember.Kind {
        switch mode & 0o170000 {
        case 0o100000: .file
        case 0o040000: .folder
        case 0o120000: .link
        default: .special
        }
    }
}
