import GuestImages
import MatrixModel
import MatrixPlanning

/// What a micro guest gets because its agent needs it.
enum MicroSupplies {
    /// What os-release(5) asks for. It names no distribution: an agent that acts on one would be judged for a guest it is not in.
    static let release = """
        ID=kmatrix
        NAME="kmatrix micro guest"
        PRETTY_NAME="kmatrix micro guest"
        VERSION_ID=1

        """

    /// The files for a guest's payload.
    /// - Throws: `PreparationFailure` with `guestLacks`, `CancellationError`.
    static func items(for needs: Set<AgentNeed>, on architecture: Architecture = .host) async throws -> [PayloadSpec.Item] {
        var items: [PayloadSpec.Item] = []
        for need in needs.sorted(by: { $0.rawValue < $1.rawValue }) {
            switch need {
            case .findmnt:
                do { items += try await HostProgram.items("findmnt", package: "util-linux", for: architecture) } catch let error as AgentBundleError {
                    throw PreparationFailure(cause: .guestLacks, reason: "The guest lacks findmnt, which the agent needs: \(error)")
                }
            // The runner writes both.
            case .passwd, .group: break
            case .osRelease: items.append(PayloadSpec.Item(path: "etc/os-release", source: .bytes(Array(release.utf8))))
            case .systemctl:
                throw PreparationFailure(
                    cause: .guestLacks,
                    reason: "The guest lacks systemctl, which the agent needs: a micro guest has no service manager; name a distribution with --distro.")
            }
        }
        return items
    }
}
