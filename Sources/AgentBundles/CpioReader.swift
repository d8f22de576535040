/// Reads the cpio archive that an RPM package holds: the "new ASCII" form, with or without checksums (cpio(5)).
enum CpioReader {
    private static let headerLength = 110

    static func members(of archive: [UInt8]) throws(PackageStreamError) -> [PackageMember] {
        var members: [PackageMember] = []
        var offset = 0
        while true {
            guard offset + headerLength <= archive.count else { throw .malformed("the archive breaks off at byte \(offset)") }
            let magic = archive[offset..<offset + 6]
            guard magic.elementsEqual("070701".utf8) || magic.elementsEqual("070702".utf8) else { throw .malformed("no header at byte \(offset)") }
            guard let mode = field(archive, offset, 1), let size = field(archive, offset, 6), let nameSize = field(archive, offset, 11) else {
                throw .malformed("a header at byte \(offset) that is no number")
            }
            guard size <= largestPart else { throw .tooLarge("a member of \(size) bytes") }
            let start = aligned(offset + headerLength + nameSize)
            guard nameSize > 0, start + size <= archive.count else { throw .malformed("the archive breaks off within a member at byte \(offset)") }
            let name = String(decoding: archive[(offset + headerLength)...].prefix(nameSize - 1), as: UTF8.self)
            if name == "TRAILER!!!" { return members }
            let kind = kind(mode)
            members.append(try PackageMember(name: name, kind: kind, content: kind == .file ? Array(archive[start..<start + size]) : []))
            offset = aligned(start + size)
        }
    }

    private static func aligned(_ offset: Int) -> Int { (offset + 3) / 4 * 4 }

    /// A header's number after the magic, of eight hexadecimal digits.
    private static func field(_ archive: [UInt8], _ offset: Int, _ index: Int) -> Int? {
        let digits = archive[(offset + 6 + 8 * index)...].prefix(8)
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16).map(Int.init)
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
