import Archives

/// A tar archive's files. Members before a damage are considered.
final class TarIntake: Intake {
    private var parser = TarParser()
    private var member: (any Intake)?
    private var count = 0
    private var isDamaged = false

    func add(_ bytes: ArraySlice<UInt8>, to contents: inout BundleContents) throws(ArchiveError) {
        guard !isDamaged else { return }
        do throws(ArchiveError) {
            try parser.add(bytes) { (event) throws(ArchiveError) in try take(event, &contents) }
        } catch {
            try tolerate(error, &contents)
        }
    }

    private func take(_ event: TarParser.Event, _ contents: inout BundleContents) throws(ArchiveError) {
        switch event {
        case .entry(let name, let kind):
            count += 1
            guard count <= contents.limits.members else { throw .tooLarge("more than \(contents.limits.members) members") }
            member = kind == .file ? FormIntake(name, place: .member) : nil
        case .content(let piece): try member?.add(piece, to: &contents)
        case .end:
            try member?.finish(&contents)
            member = nil
        }
    }

    func finish(_ contents: inout BundleContents) throws(ArchiveError) {
        guard !isDamaged else { return }
        do throws(ArchiveError) { try parser.finish() } catch { try tolerate(error, &contents) }
    }

    private func tolerate(_ error: ArchiveError, _ contents: inout BundleContents) throws(ArchiveError) {
        guard case .malformed(let reason) = error, count > 0 else { throw error }
        isDamaged = true
        contents.warn("the bundle is damaged (\(reason)); what comes before is considered")
        // The member that breaks off has a beginning.
        try member?.finish(&contents)
        member = nil
    }
}
