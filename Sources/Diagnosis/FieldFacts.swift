public import Guidance
public import MatrixModel

/// What is known about a machine from the files that were sent. Every fact keeps its source line; what was not sent is nil.
public struct FieldFacts: Sendable {
    /// The agent's unit on Linux.
    public enum UnitState: String, Hashable, Sendable {
        case running, inactive, failed, restarting
        case notFound = "not-found"
    }

    /// A service of Windows, as `sc query` has it.
    public enum ServiceState: Hashable, Sendable {
        case running
        case stopped(reason: String?)
        /// A state on its way to another one.
        case other(String)
        case notInstalled
    }

    /// What kmatrix itself concluded of a cell.
    public struct RecordedVerdict: Hashable, Sendable {
        public let verdict: Verdict
        public let cause: Cause?
        public let summary: String
        public let quotes: [Finding]
    }

    /// A failure of the programs' set-up, and the text that names it.
    struct Failure: Hashable, Sendable {
        let failure: SetupFailure
        let finding: Finding
        let isOfStatus: Bool
    }

    /// A verifier's log, and the text that holds it.
    struct Report: Hashable, Sendable {
        let report: VerifierReport
        let finding: Finding
        /// Whether a message of the status holds it, of which the agent keeps the first kilobyte.
        let isOfStatus: Bool
    }

    /// What is wrong with a value of the model.
    struct ModelFault: Hashable, Sendable {
        let summary: String
        let row: ControlPlaneError
        let finding: Finding
    }

    /// A message of the control plane that is known.
    struct ControlPlaneMessage: Hashable, Sendable {
        let row: ControlPlaneError
        let filledIn: [String]
        let finding: Finding
    }

    public var files: [String] = []
    public var warnings: [String] = []

    // Status and record.
    public var statuses: [ReportedStatus] = []
    /// A file that should be a status and has no part of one.
    public var brokenStatus: Finding?
    public var recorded: Observed<RecordedVerdict>?
    /// When a bundle of `kmatrix collect` was gathered.
    public var collected: String?

    // Kernel and distribution.
    public var release: Observed<String>?
    /// Whether `uname` or the kernel printed the release, as opposed to prose that mentions it.
    var isReleaseSure = false
    /// A release of which the text says that it worked.
    var earlierRelease: Observed<String>?
    public var family: Observed<DistributionFamily>?
    public var distribution: Observed<String>?
    public var hasBTF: Observed<Bool>?
    /// What a loader found wrong before the kernel saw the program.
    var loaderComplaint: Observed<LoaderComplaint>?
    /// A loader's words that it found no type information.
    var typeComplaint: Finding?
    public var kernelTrouble: [Finding] = []
    var options: [String: Observed<Bool>] = [:]
    var commandLine: Observed<String>?

    // Policy.
    public var lockdown: Observed<String>?
    var lockdownArgument: Observed<String>?
    /// The kernel's line that it is locked down, which does not say how far.
    var lockedDown: Finding?
    var lockdownDenials: [Finding] = []
    var denials: [Observed<Bool>] = []
    var capabilities: Observed<UInt64>?
    /// The line of the unit's settings that leaves it no capability for bpf(2).
    var unitLacksPrivilege: Finding?
    /// The limit of locked memory in bytes.
    var lockedMemory: Observed<Int>?
    var jitEnabled: Observed<Bool>?
    var seLinux: Observed<String>?

    // Control groups.
    public var hasCgroup2: Observed<Bool>?
    var mountLists: [MountList] = []
    /// The agent's own words that it sees no cgroup v2.
    var agentSeesNone: Finding?
    /// The agent's words that it could not ask for the path.
    var agentGuessedPath: Finding?
    var rootType: Observed<String>?
    var namedVersion: Observed<Int>?

    // Agent.
    public var unit: Observed<UnitState>?
    var startTrouble: Observed<StartTrouble>?
    public var services: [String: Observed<ServiceState>] = [:]
    /// What Windows's event log says of services that ended or did not start.
    var serviceEvents: [String: Finding] = [:]
    /// The agent's words that its program is loaded and attached.
    var programsRun: Finding?
    var failures: [Failure] = []
    var reports: [Report] = []
    var noise: [Finding] = []
    /// A failure of another process in a log that has the agent's own lines.
    var failureOfOther: Observed<String>?
    /// Refusals of a key since the last success.
    public var keyRefusals: [Finding] = []
    public var keyMissing: Finding?
    public var attestFailed: Finding?
    public var keySuccess: Finding?
    public var platformErrors: [Finding] = []

    // Provisioning.
    public var cloudInit: Observed<String>?
    var provisioningAsked: Observed<Bool>?
    var agentAnswered: Finding?
    /// What `azure-proxy-agent --status` exited with: 1 for not in time, 2 for an error of the agent's.
    var provisioningExit: Int?
    public var provisioningSaysMissing: Finding?
    public var provisioningSaysUnhealthy: Finding?
    public var provisioningFailed: Finding?
    public var provisioningReady: Finding?
    var controlPlane: [ControlPlaneMessage] = []
    /// Values of a model of the virtual machine that the API does not know, or not together.
    var modelFaults: [ModelFault] = []
    /// Whether a model was read, and the line that shows it.
    var model: Finding?

    /// The status that counts: `status.json` before its copies, and the newest of several.
    public var status: ReportedStatus? {
        let plain = statuses.filter { $0.file.hasSuffix("status.json") }
        return (plain.isEmpty ? statuses : plain).max { ($0.timestamp ?? "") < ($1.timestamp ?? "") }
    }

    public var isWindows: Bool { !services.isEmpty || !serviceEvents.isEmpty || statuses.contains(where: \.isWindows) }

    /// The series of the running kernel.
    public var series: KernelSeries? { release.flatMap { Self.series(of: $0.value) } }

    static func series(of release: String) -> KernelSeries? {
        let numbers = release.split(whereSeparator: { !$0.isNumber })
        guard numbers.count >= 2, let major = Int(numbers[0]), let minor = Int(numbers[1]) else { return nil }
        return KernelSeries(major: major, minor: minor)
    }

    /// What to ask for when nothing can be concluded: what was not sent yet.
    var unknown: [WantedFile] {
        if isWindows {
            let ofWindows: [(WantedFile, Bool)] = [
                (.windowsStatus, statuses.isEmpty), (.drivers, services.count < 2), (.windowsAgent, services["GuestProxyAgent"] == nil),
            ]
            return ofWindows.filter(\.1).map(\.0)
        }
        let missing: [(WantedFile, Bool)] = [
            (.status, statuses.isEmpty), (.unitStatus, unit == nil), (.kernelRelease, release == nil),
            (.mounts, mounts == nil && namedVersion == nil && rootType == nil),
            (.agentLog, true),
        ]
        return missing.filter(\.1).map(\.0)
    }

    /// Whether anything at all was understood.
    public var isEmpty: Bool { brokenStatus == nil && isSilent }

    /// Whether nothing but the name of a file says something.
    var isSilent: Bool {
        statuses.isEmpty && release == nil && hasCgroup2 == nil && mountLists.isEmpty && unit == nil && services.isEmpty
            && cloudInit == nil
            && provisioningSaysMissing == nil && provisioningSaysUnhealthy == nil && provisioningFailed == nil && keyRefusals.isEmpty && keyMissing == nil
            && attestFailed == nil && platformErrors.isEmpty && reports.isEmpty && failures.isEmpty && kernelTrouble.isEmpty && recorded == nil
            && controlPlane.isEmpty
            && options.isEmpty && lockdown == nil && serviceEvents.isEmpty && programsRun == nil
            && denials.isEmpty && rootType == nil && noise.isEmpty && model == nil
    }

    public init(_ files: [BundleFile]) {
        for file in files {
            self.files.append(file.name)
            if file.isTruncated { warnings.append("\(file.name) is long; its beginning, its end and the parts with known words were read") }
            let text = FieldText(file)
            if !readRecord(text, file.text) { read(text, file.text) }
        }
        if statuses.count(where: { $0.file.hasSuffix("status.json") }) > 1, let used = status {
            warnings.append("several status files were found; \(used.file) is the newest and the one that counts")
        }
        inferFamily()
    }

    private mutating func read(_ text: FieldText, _ whole: String) {
        let isStatus = readStatus(text, whole)
        readKernel(text)
        readPolicy(text)
        readConfiguration(text)
        readTypeComplaints(text)
        readLoaderComplaints(text)
        readDistribution(text)
        readMounts(text)
        readUnit(text)
        readStartTrouble(text)
        readServices(text)
        readProvisioning(text)
        readControlPlane(text)
        readModel(text)
        // A status is read by its own rules, and describes only the present.
        guard !isStatus else { return }
        readKeyWords(text)
        readPrograms(text.bytes, name: text.name, isOfStatus: false)
        readAgentView(text)
    }
}
