import JSON
import AgentCore
import SystemPackage

/// The one fault of a mutant: our agent in everything else. Each breaks exactly one proof.
///
/// The member `mutation` of the agent's configuration names it. Without that member the mutant is the agent that is shipped.
enum Mutation: String, CaseIterable {
    /// Has the kernel panic soon after its start, by the key that asks for it.
    case crashesKernel = "crashes-kernel"
    /// Makes the kernel panic of its own soon after its start; only a kernel with lkdtm can (images/kernels/crashes.config).
    case panicsKernel = "panics-kernel"
    /// Makes the kernel report an oops of its own; the same kernels can.
    case oopsesKernel = "oopses-kernel"
    /// Denies what its rules allow.
    case deniesAllowed = "denies-allowed"
    /// Ends by a signal soon after its start.
    case crashes
    /// Cannot bind its listener, and says so.
    case cannotListen = "cannot-listen"
    /// Attaches to a folder that is not a cgroup.
    case opensWrongFolder = "opens-wrong-folder"
    /// Never requests a key.
    case requestsNoKey = "requests-no-key"
    case leavesIMDS = "leaves-imds"
    case leavesWireServer = "leaves-wireserver"
    case leavesHostGAPlugin = "leaves-hostga"
    /// Answers 502 to every request instead of forwarding it.
    case forwardsNothing = "forwards-nothing"
    case forwardsUnsigned = "forwards-unsigned"
    case signsWithWrongKey = "signs-with-wrong-key"
    /// Claims that every caller is root; decides by the true user.
    case claimsRoot = "claims-root"
    /// Claims that no caller is root; decides by the true user.
    case claimsOrdinaryUser = "claims-ordinary-user"
    /// Names another executable than the caller's.
    case namesOtherProcess = "names-other-process"
    /// Serves what its rules deny.
    case ignoresRules = "ignores-rules"
    /// Loses its key at a restart.
    case forgetsKey = "forgets-key"
    /// Reports ERROR although all its parts work.
    case reportsError = "reports-error"
    /// Reports that the platform disabled the channel.
    case reportsDisabled = "reports-disabled"
    /// Treats supplementary group 0 as root.
    case trustsGroups = "trusts-groups"
    /// Takes the effective user instead of the real one.
    case takesEffectiveUser = "takes-effective-user"
    /// Refuses callers whose process has exited.
    case needsLivingProcess = "needs-living-process"
    /// Takes the user id inside the caller's own user namespace.
    case takesNamespaceUser = "takes-namespace-user"

    struct Unknown: Error, CustomStringConvertible {
        let value: String
        let path: FilePath
        var description: String {
            "configuration '\(path)': 'mutation' is \(value), but must be one of \(Mutation.allCases.map(\.rawValue).joined(separator: ", "))"
        }
    }

    /// Reads the configuration that the agent will read. Nil when it names no mutation.
    init?(arguments: [String]) throws {
        // What is wrong with the command line or the file otherwise is the agent's to say.
        guard case .run(let options)? = try? AgentInvocation(arguments: arguments) else { return nil }
        let path = options.configuration ?? AgentConfiguration.defaultPath
        guard let bytes = try? SmallFile.bytes(of: path), let document = try? JSONValue(parsing: bytes), let member = document["mutation"] else { return nil }
        guard case .string(let name) = member, let mutation = Mutation(rawValue: name) else {
            throw Unknown(value: member.text(pretty: false), path: path)
        }
        self = mutation
    }
}
