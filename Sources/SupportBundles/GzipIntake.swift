import Archives

/// A gzip file. What came before a damage is considered.
final class GzipIntake: Intake {
    private let name: String
    private let inner: any Intake
    private let stream = InflateStream(.gzip)
    private var isDamaged = false
    private var isEmpty = true

    init(_ name: String, into inner: any Intake) {
        self.name = name
        self.inner = inner
    }

    func add(_ bytes: ArraySlice<UInt8>, to contents: inout BundleContents) throws(ArchiveError) {
        guard !isDamaged else { return }
        do throws(ArchiveError) {
            try stream.add(bytes) { (piece) throws(ArchiveError) in
                isEmpty = false
                try contents.count(unpacked: piece.count)
                try inner.add(piece, to: &contents)
            }
        } catch {
            try tolerate(error, &contents)
        }
    }

    func finish(_ contents: inout BundleContents) throws(ArchiveError) {
        if !isDamaged {
            do throws(ArchiveError) { try stream.finish() } catch { try tolerate(error, &contents) }
        }
        try inner.finish(&contents)
    }

    private func tolerate(_ error: ArchiveError, _ contents: inout BundleContents) throws(ArchiveError) {
        guard case .malformed(let reason) = error, !isEmpty else { throw error }
        isDamaged = true
        contents.warn("\(String(name.prefix(200)).debugDescription) is damaged (\(reason)); what comes before is considered")
    }
}
