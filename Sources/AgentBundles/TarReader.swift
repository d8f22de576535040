import Archives

/// Reads the tar archive that a Debian package holds.
enum TarReader {
    static func members(of archive: [UInt8]) throws(PackageStreamError) -> [PackageMember] {
        var stream = TarStream(archive, limit: largestPart)
        var members: [PackageMember] = []
        while let entry = try next(&stream) { members.append(try PackageMember(name: entry.name, kind: kind(entry.kind), content: Array(entry.content))) }
        return members
    }

    private static func next(_ stream: inout TarStream) throws(PackageStreamError) -> TarStream.Entry? {
        do throws(ArchiveError) {
            return try stream.next()
        } catch {
            switch error {
            case .malformed(let reason): throw .malformed(reason)
            case .tooLarge(let reason): throw .tooLarge(reason)
            }
        }
    }

    private static func kind(_ kind: TarStream.Entry.Kind) -> PackageMember.Kind {
        switch kind {
        case .file: .file
        case .folder: .folder
        case .link: .link
        case .special: .special
        }
    }
}
