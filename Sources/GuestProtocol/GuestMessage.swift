/// What a guest says, in the order it may say it: hello, then (after the plan) phases, evidence and reports, then farewell.
public enum GuestMessage: Hashable, Sendable {
    case hello(GuestHello)
    case phase(GuestPhase, uptimeMilliseconds: UInt64)
    /// A piece of an evidence item; pieces of one item come in order.
    case evidence(EvidenceItem, bytes: [UInt8])
    /// The item is complete. `length` is the item's whole size in bytes in the guest, of which more may exist than was sent.
    case evidenceEnd(EvidenceItem, length: UInt64, isTruncated: Bool)
    case client(ClientReport)
    case command(CommandReport)
    case files(FileListing)
    case agentEnded(ProcessEnding)
    /// The guest could not do a step of the plan. Which, and why.
    case setupFailed(step: String, reason: String)
    case farewell
}

/// The first words of a guest. Everything in it depends on the kernel only, not on the plan.
public struct GuestHello: Hashable, Sendable {
    public let version: UInt32
    /// `uname -r`.
    public let release: String
    /// `uname -v`.
    public let build: String
    /// `uname -m`.
    public let machine: String
    public let uptimeMilliseconds: UInt64
    /// Of a guest that was brought back from a snapshot; nil for one that has booted.
    public let waking: WakeReport?

    public init(
        version: UInt32 = WireFormat.version, release: String, build: String = "", machine: String, uptimeMilliseconds: UInt64, waking: WakeReport? = nil
    ) {
        self.version = version
        self.release = release
        self.build = build
        self.machine = machine
        self.uptimeMilliseconds = uptimeMilliseconds
        self.waking = waking
    }
}

/// The steps of a plan.
public enum GuestPhase: UInt8, CaseIterable, Hashable, Sendable {
    case planReceived = 1
    /// A distribution's root file system is there.
    case rootMounted = 9
    case payloadUnpacked = 2
    /// The distribution's own tool installed the agent's package.
    case agentInstalled = 10
    /// The distribution's service manager started the runner's unit.
    case unitStarted = 11
    case layoutReady = 3
    case networkReady = 4
    case agentStarted = 5
    /// `status.json` no longer changes its mind: the agent runs or says why not. Or its deadline passed. Of the first start.
    case agentSettled = 6
    /// The plan's steps are done.
    case clientsDone = 7
    case evidenceSent = 8
}

/// How a child of the guest's runner ended.
public enum ProcessEnding: Hashable, Sendable {
    case exited(code: Int32)
    case signalled(signal: Int32)
    /// It could not be started at all; the errno.
    case notStarted(error: Int32)
    /// It ended and was started again so often; how it ended was not to be seen.
    case startedAgain(times: Int32)
}
