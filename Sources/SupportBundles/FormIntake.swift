import Archives

/// Recognises what a file is by its first bytes, and has the right intake take it.
final class FormIntake: Intake {
    /// Where a file comes from decides what it may be, so that archives within archives have an end.
    enum Place {
        /// As it was sent: a text, a tar archive, or either in gzip's form.
        case alone
        /// Out of a compressed file: a text or a tar archive.
        case unpacked
        /// Out of an archive or a folder: a text. Rotated logs are compressed, and so is the kernel's configuration.
        case member
    }

    private let name: String
    private let place: Place
    private var head: [UInt8] = []
    private var chosen: (any Intake)?

    init(_ name: String, place: Place) {
        self.name = name
        self.place = place
    }

    /// What tar's mark needs.
    private static let enough = 512

    func add(_ bytes: ArraySlice<UInt8>, to contents: inout BundleContents) throws(ArchiveError) {
        if let chosen { return try chosen.add(bytes, to: &contents) }
        if head.isEmpty, bytes.count >= Self.enough { return try choose(bytes, &contents) }
        head += bytes
        if head.count >= Self.enough { try choose(head[...], &contents) }
    }

    func finish(_ contents: inout BundleContents) throws(ArchiveError) {
        if chosen == nil { try choose(head[...], &contents) }
        try chosen?.finish(&contents)
    }

    private func choose(_ bytes: ArraySlice<UInt8>, _ contents: inout BundleContents) throws(ArchiveError) {
        let intake: any Intake
        if place != .member, bytes.dropFirst(257).starts(with: "ustar".utf8) {
            intake = TarIntake()
        } else if place != .unpacked, bytes.starts(with: [0x1F, 0x8B, 0x08]) {
            let inner: any Intake =
                place == .alone ? FormIntake(name, place: .unpacked) : TextIntake(String(name.dropLast(name.hasSuffix(".gz") ? 3 : 0)), &contents)
            intake = GzipIntake(name, into: inner)
        } else {
            let ending = place == .unpacked ? [".gz", ".xz", ".zst"].first { name.hasSuffix($0) } : nil
            intake = TextIntake(String(name.dropLast(ending?.count ?? 0)), &contents)
        }
        chosen = intake
        head = []
        try intake.add(bytes, to: &contents)
    }
}
