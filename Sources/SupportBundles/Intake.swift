import Archives

/// Takes one file that was sent, piece by piece, and adds what it holds to the contents.
protocol Intake: AnyObject {
    func add(_ bytes: ArraySlice<UInt8>, to contents: inout BundleContents) throws(ArchiveError)
    /// No further piece follows.
    func finish(_ contents: inout BundleContents) throws(ArchiveError)
}

/// A text. It is kept within the limits, and one that may hold a key is not kept.
final class TextIntake: Intake {
    private let name: String?
    private var text: BundleText

    init(_ name: String, _ contents: inout BundleContents) {
        self.name = contents.accepted(name)
        text = contents.newText()
    }

    func add(_ bytes: ArraySlice<UInt8>, to contents: inout BundleContents) {
        if name != nil { text.add(bytes) }
    }

    func finish(_ contents: inout BundleContents) {
        if let name { contents.append(name, text) }
    }
}

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
