/// Why the platform could not be simulated.
public struct FabricError: Error, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case folder, socket, journal
    }

    public let code: Code
    public let subject: String
    public let detail: String

    init(_ code: Code, subject: String, detail: String) {
        self.code = code
        self.subject = subject
        self.detail = detail
    }

    public var description: String {
        switch code {
        case .folder: "cannot use the folder '\(subject)' for the platform's sockets: \(detail)"
        case .socket: "cannot open the platform's \(subject) endpoint: \(detail); set TMPDIR to a folder of your own on this machine's disk"
        case .journal: "cannot write the platform's journal '\(subject)': \(detail); free space, or choose another folder with --out"
        }
    }
}
