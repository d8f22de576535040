public import MatrixModel

/// A cell's outcome as it is stored and published. The member names are a contract; they stay.
///
/// Every member is always present in the encoded form: an axis that is not in play, and a cause or evidence that does not exist,
/// is null.
public struct CellRecord: Hashable, Sendable {
    /// Raised when a member changes its meaning; added members do not raise it.
    public static let schema = 2
    /// The schemas that this kmatrix reads. Schema 1 has no proofs.
    public static let readableSchemas = 1...2

    public var id: String
    public var guest: String
    /// The package's version; null when no package was found for what was asked.
    public var kernel: String?
    public var series: String?
    public var flavour: String
    public var release: String?
    public var origin: String?
    public var architecture: String
    public var cgroup: CgroupLayout
    public var profile: String?
    public var deployment: String?
    public var scenario: String?
    public var agent: String?
    public var bpf: String?
    public var verdict: Verdict
    public var cause: Cause?
    public var fault: Cause.Fault?
    public var summary: String
    public var findings: [Finding]
    /// What each proof came to, the most fundamental first. Empty for a cell that was not measured, and in records of schema 1.
    public var proofs: [ProofResult]
    /// What became of a deployment; null where none was looked at.
    public var provisioning: DeploymentFinding?
    public var expectation: Expectation
    /// What `expectation` follows from. Of records from before it was stored nothing is known.
    public var documentation: CellDocumentation
    /// The folder of the cell's evidence; null when there is none.
    public var evidence: String?
    /// Seconds by phase.
    public var seconds: [Phase: Double]
    /// How thoroughly the cell was proven; null where no guest was started, and in records from before there were tiers.
    public var tier: ProofTier?
    /// The clients of its burst, 0 where none was sent; null as `tier` is.
    public var burst: Int?
    /// How often the cell was attempted; above 1 means that earlier attempts failed through the harness's fault.
    public var attempts: Int
    /// How the guest of the last attempt came to life; null where there was none, and in records from before there were snapshots.
    public var birth: GuestBirth?
    /// A digest of everything the cell was made of: the same digest, the same question. Null when no guest could be started.
    public var inputs: String?
    /// The run that measured it, when it was not this one; null for a cell that this run measured.
    public var reused: MeasuringRun?
    /// Bytes of the platform's journal: one that was cut off proves nothing any more. Null where there was none, and in older records.
    public var journalSize: Int?

    public init(
        cell: Cell, judgment: Judgment, proofs: [ProofResult] = [], provisioning: DeploymentFinding? = nil, evidence: String?, seconds: [Phase: Double], attempts: Int, birth: GuestBirth? = nil,
        inputs: String? = nil, journalSize: Int? = nil, documentation: CellDocumentation = .none
    ) {
        id = cell.id.text
        guest = cell.guest
        kernel = cell.kernel.version.description
        series = cell.kernel.series.description
        flavour = cell.kernel.flavour.name
        release = cell.kernel.release
        origin = cell.kernel.origin
        architecture = cell.architecture
        cgroup = cell.cgroup
        profile = cell.profile
        deployment = cell.deployment
        scenario = cell.scenario
        agent = cell.agent
        bpf = cell.bpf
        verdict = judgment.verdict
        cause = judgment.cause
        fault = judgment.cause?.fault
        summary = judgment.summary
        findings = judgment.findings
        self.proofs = proofs
        self.provisioning = provisioning
        expectation = Expectation(
            series: cell.kernel.series, layout: cell.cgroup, deployment: cell.deployment.flatMap(Deployment.init(rawValue:)),
            cloudInit: provisioning?.cloudInit.flatMap(CloudInitVersion.init), documentation: documentation)
        self.documentation = documentation
        self.evidence = evidence
        self.seconds = seconds
        self.attempts = attempts
        self.birth = birth
        self.inputs = inputs
        self.journalSize = journalSize
        reused = nil
        (tier, burst) = (nil, nil)
    }

    /// A cell for which no kernel could be had.
    public init(
        unavailable selector: KernelSelector, guest: String = "micro", layout: CgroupLayout, profile: String? = nil, deployment: String? = nil,
        scenario: String? = nil, agent: String? = nil, bpf: String?, judgment: Judgment, documentation: CellDocumentation = .none
    ) {
        self.guest = guest
        (series, flavour) = selector.namedParts
        kernel = nil
        release = nil
        origin = nil
        architecture = "x86_64"
        cgroup = layout
        self.profile = profile
        self.deployment = deployment
        self.scenario = scenario
        self.agent = agent
        self.bpf = bpf
        verdict = judgment.verdict
        cause = judgment.cause
        fault = judgment.cause?.fault
        summary = judgment.summary
        findings = judgment.findings
        proofs = []
        provisioning = nil
        expectation = .unstated
        self.documentation = documentation
        evidence = nil
        seconds = [:]
        attempts = 0
        birth = nil
        inputs = nil
        journalSize = nil
        reused = nil
        (tier, burst) = (nil, nil)
        let further = [profile.map { "profile=\($0)" }, deployment.map { "deployment=\($0)" }, scenario.map { "scenario=\($0)" }, agent.map { "agent=\($0)" }, bpf.map { "bpf=\($0)" }].compactMap(\.self)
        id = ([guest, selector.description.replacing("/", with: "_"), flavour, layout.rawValue] + further).joined(separator: "/")
    }
}

extension KernelSelector {
    /// The series (when the selector names one) and the flavour, Debian's for virtual machines when it names none.
    fileprivate var namedParts: (series: String?, flavour: String) {
        let flavour = packaging?.flavour ?? (packaging == nil ? .custom : .cloud)
        return switch self {
        case .series(let series, _): (series.description, flavour.name)
        case .exact(let version, _): (version.series.description, flavour.name)
        case .range, .all, .image: (nil, flavour.name)
        }
    }
}
