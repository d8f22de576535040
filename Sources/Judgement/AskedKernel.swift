import GuestProtocol
import MatrixModel

/// The kernel that a guest was to boot.
public struct AskedKernel: Hashable, Sendable, Codable {
    /// `uname -r`.
    public let release: String
    /// `uname -v`; nil where the image does not say.
    public let build: String?
    /// `uname -m`.
    public let machine: String

    /// - Parameters:
    ///   - release: As the plan has it; empty where it does not say, and then the image's own counts.
    ///   - imageRelease: What the image says of itself.
    public init(release: String, imageRelease: String?, build: String?, machine: String) {
        self.release = release.isEmpty ? imageRelease ?? "" : release
        self.build = build
        self.machine = machine
    }

    /// The most that the kernel keeps of `uname -v` (`__NEW_UTS_LEN`), in bytes; an image may hold more.
    private static let longestBuild = 64

    /// What a guest's hello says otherwise, in words; nil when it is this kernel.
    func difference(from hello: GuestHello) -> String? {
        if !release.isEmpty, hello.release != release { return "release \(Quote.line(hello.release)) instead of \(release)" }
        if hello.machine != machine { return "machine \(Quote.line(hello.machine)) instead of \(machine)" }
        guard let build, !hello.build.isEmpty else { return nil }
        return hello.build.utf8.prefix(Self.longestBuild).elementsEqual(build.utf8.prefix(Self.longestBuild))
            ? nil : "build \(Quote.line(hello.build)) instead of \(build)"
    }
}

extension Judge {
    /// Nothing is proven of a kernel by a guest that booted another.
    static func otherKernel(_ evidence: CellEvidence) -> Judgement? {
        guard let asked = evidence.askedKernel, let hello = evidence.hello, let difference = asked.difference(from: hello) else { return nil }
        return Judgement(
            cause: .otherKernel, summary: "The guest booted another kernel than the plan names: \(difference).",
            findings: [Finding(source: "facts.json", quote: Quote.line("\(hello.release) \(hello.build) \(hello.machine)"))])
    }
}
