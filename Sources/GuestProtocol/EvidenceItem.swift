/// The pieces of evidence a guest may send. The guest names a number of this list; the host alone decides on file names.
public enum EvidenceItem: UInt8, CaseIterable, Hashable, Sendable {
    // What the agent left.
    case status = 1
    case agentLog = 2
    case verifierLog = 3
    case agentOutput = 4
    /// The status the agent left when it was told to stop, after the clients.
    case finalStatus = 5
    /// The status of an agent that was started again.
    case restartedStatus = 6
    case connectionLog = 7
    /// What the distribution's own tool said while it installed the agent's package.
    case installLog = 8

    // What a distribution says of itself and of the agent's service.
    case unitState = 10
    case unitJournal = 11
    case systemState = 12
    case systemJournal = 13
    case serviceManager = 14
    case bootTime = 15
    case distribution = 16
    case cloudInitStatus = 17
    case cloudInitLog = 18
    case cloudInitResult = 19

    // Facts, as the kernel prints them.
    case kernelVersion = 20
    case commandLine = 21
    case filesystems = 22
    case mountInfo = 23
    case cgroups = 24
    case modules = 25
    case kernelConfig = 26
    case securityModules = 27
    case lockdown = 28
    case jitEnable = 29
    case jitHarden = 30
    case unprivilegedBPF = 31
    /// `present` or `absent`: the BTF itself is megabytes and of no use on the host.
    case kernelBTF = 32
    case kernelLog = 33
    case clockSource = 34
}
