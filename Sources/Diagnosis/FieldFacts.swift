public import Guidance
public import MatrixModel

/// What is known of a machine, read from whatever was sent. Every fact has its line; what nobody sent stays nil.
public struct FieldFacts: Sendable {
    /// The agent's unit on Linux.
    public enum UnitState: String, Hashable, Sendable {
        case running, inactive, failed, restarting
        case notFound = "not-found"
    }

    /// A service of Windows, as `sc query` has it.
    public enum ServiceState: Hashable, Sendable {
        case running
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

    public var files: [String] = []
    public var statuses: [ReportedStatus] = []
    /// A file that should be a status and has no part of one.
    public var brokenStatus: Finding?
    public var release: Observed<String>?
    public var family: Observed<DistributionFamily>?
    public var distribution: Observed<String>?
    public var hasCgroup2: Observed<Bool>?
    /// Where cgroup v2 is mounted; empty when a list of mounts has none.
    public var cgroup2Mounts: Observed<[String]>?
    public var unit: Observed<UnitState>?
    public var services: [String: Observed<ServiceState>] = [:]
    public var cloudInit: Observed<String>?
    public var provisioningSaysMissing: Finding?
    public var provisioningSaysUnhealthy: Finding?
    public var provisioningFailed: Finding?
    public var provisioningReady: Finding?
    /// Refusals of a key since the last success.
    public var keyRefusals: [Finding] = []
    public var keyMissing: Finding?
    public var attestFailed: Finding?
    public var keySuccess: Finding?
    public var platformErrors: [Finding] = []
    public var verifierLog: Observed<VerifierLog>?
    public var kernelTrouble: [Finding] = []
    public var lockdown: Observed<String>?
    public var hasBTF: Observed<Bool>?
    public var recorded: Observed<RecordedVerdict>?
    /// When a bundle of `kmatrix collect` was gathered.
    public var collected: String?
    public var warnings: [String] = []

    /// The status that counts: `status.json` before its copies, and the newest of several.
    public var status: ReportedStatus? {
        let plain = statuses.filter { $0.file.hasSuffix("status.json") }
        return (plain.isEmpty ? statuses : plain).max { ($0.timestamp ?? "") < ($1.timestamp ?? "") }
    }

    public var isWindows: Bool { !services.isEmpty || statuses.contains(where: \.isWindows) }

    /// The series of the running kernel.
    public var series: KernelSeries? {
        guard let numbers = release?.value.split(whereSeparator: { !$0.isNumber }), numbers.count >= 2, let major = Int(numbers[0]), let minor = Int(numbers[1]) else { return nil }
        return KernelSeries(major: major, minor: minor)
    }

    /// What to ask for when nothing can be concluded: what was not sent yet.
    var unknown: [WantedFile] {
        let missing: [(WantedFile, Bool)] = isWindows
            ? [(.windowsStatus, statuses.isEmpty), (.drivers, services.count < 2), (.windowsAgent, services["GuestProxyAgent"] == nil)]
            : [(.status, statuses.isEmpty), (.unitStatus, unit == nil), (.kernelRelease, release == nil), (.mounts, cgroup2Mounts == nil), (.agentLog, true)]
        return missing.filter(\.1).map(\.0)
    }

    /// Whether anything at all was understood.
    public var isEmpty: Bool {
        statuses.isEmpty && brokenStatus == nil && release == nil && hasCgroup2 == nil && cgroup2Mounts == nil && unit == nil && services.isEmpty && cloudInit == nil
            && provisioningSaysMissing == nil && provisioningSaysUnhealthy == nil && provisioningFailed == nil && keyRefusals.isEmpty && keyMissing == nil
            && attestFailed == nil && platformErrors.isEmpty && verifierLog == nil && kernelTrouble.isEmpty && recorded == nil
    }

    public init(_ files: [BundleFile]) {
        for file in files {
            self.files.append(file.name)
            if file.isTruncated { warnings.append("\(file.name) is longer than what is read; its end is not considered") }
            read(LegibleFile(file))
        }
        if statuses.count(where: { $0.file.hasSuffix("status.json") }) > 1, let used = status {
            warnings.append("several status files were found; \(used.file) is the newest and the one that counts")
        }
    }

    private mutating func read(_ file: LegibleFile) {
        if readRecord(file) { return }
        readStatus(file)
        readKernel(file)
        readDistribution(file)
        readMounts(file)
        readUnit(file)
        readServices(file)
        readProvisioning(file)
        readAgentLog(file)
        readVerifierLog(file)
    }
}
