/// Reads the tar archive that a Debian package or an image's layer holds.
public enum TarReader {
    /// - Parameter largest: The most bytes a member may have.
    public static func members<Bytes: RandomAccessCollection<UInt8>>(
        of archive: Bytes, largest: Int
    ) throws(PackageStreamError) -> [PackageMember] where Bytes.Index == Int {
        var stream = TarStream(archive, limit: largest)
        var members: [PackageMember] = []
        while let entry = try next(&stream) { members.append(try PackageMember(name: entry.name, kind: kind(entry.kind), content: entry.content)) }
        return members
    }

    private static func next<Bytes>(_ stream: inout TarStream<Bytes>) throws(PackageStreamError) -> TarEntry? {
        do throws(ArchiveError) {
            return try stream.next()
        } catch {
            switch error {
            case .malformed(let reason): throw .malformed(reason)
            case .tooLarge(let reason): throw .tooLarge(reason)
            }
        }
    }

    private static func kind(_ kind: TarEntry.Kind) -> PackageMember.Kind {
        switch kind {
        case .file: .file
        case .folder: .folder
        case .link: .link
        case .special: .special
        }
    }
}
