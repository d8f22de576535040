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

    public var subject: CellSubject
    public var verdict: Verdict
    public var cause: Cause?
    public var fault: Cause.Fault?
    public var summary: String
    public var findings: [Finding]
    /// What each proof came to, the most fundamental first. Empty for a cell that was not measured, and in records of schema 1.
    public var proofs: [ProofResult]
    /// What became of a deployment; null where none was looked at.
    public var provisioning: DeploymentFinding?
    public var expectation: DocumentedSupport
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
    /// How the guest of the last attempt started; null where there was none, and in records from before there were snapshots.
    public var startMode: StartMode?
    /// A digest of everything the cell was made of: the same digest, the same question. Null when no guest could be started.
    public var inputs: String?
    /// The run that measured it, when it was not this one; null for a cell that this run measured.
    public var reused: MeasuringRun?
    /// Bytes of the platform's journal: one that was cut off proves nothing any more. Null where there was none, and in older records.
    public var journalSize: Int?

    public init(
        cell: Cell, judgement: Judgement, proofs: [ProofResult] = [], provisioning: DeploymentFinding? = nil, evidence: String?, seconds: [Phase: Double],
        attempts: Int, startMode: StartMode? = nil,
        inputs: String? = nil, journalSize: Int? = nil, documentation: CellDocumentation = .none
    ) {
        subject = .cell(cell)
        verdict = judgement.verdict
        cause = judgement.cause
        fault = judgement.cause?.fault
        summary = judgement.summary
        findings = judgement.findings
        self.proofs = proofs
        self.provisioning = provisioning
        expectation = DocumentedSupport(
            series: cell.kernel.series, layout: cell.cgroup, deployment: cell.deployment.flatMap(Deployment.init(rawValue:)),
            cloudInit: provisioning?.cloudInit.flatMap(CloudInitVersion.init), documentation: documentation)
        self.documentation = documentation
        self.evidence = evidence
        self.seconds = seconds
        self.attempts = attempts
        self.startMode = startMode
        self.inputs = inputs
        self.journalSize = journalSize
        reused = nil
        (tier, burst) = (nil, nil)
    }

    /// A cell for which no kernel could be obtained.
    public init(unavailable asked: AskedCell, judgement: Judgement, documentation: CellDocumentation = .none) {
        subject = .asked(asked)
        verdict = judgement.verdict
        cause = judgement.cause
        fault = judgement.cause?.fault
        summary = judgement.summary
        findings = judgement.findings
        proofs = []
        provisioning = nil
        expectation = .unstated
        self.documentation = documentation
        evidence = nil
        seconds = [:]
        attempts = 0
        startMode = nil
        inputs = nil
        journalSize = nil
        reused = nil
        (tier, burst) = (nil, nil)
    }
}

// MARK: - The cell, as it is published

extension CellRecord {
    public var id: String { subject.id.text }
    public var guest: String { subject.guest }
    /// The package's version; nil when no package was found for what was asked.
    public var kernel: String? { subject.cell?.kernel.version.description }
    public var series: String? { subject.series?.description }
    public var flavour: String { subject.flavour.name }
    public var release: String? { subject.cell.flatMap { $0.kernel.release.isEmpty ? nil : $0.kernel.release } }
    public var origin: String? { subject.cell.flatMap { $0.kernel.origin.isEmpty ? nil : $0.kernel.origin } }
    public var architecture: Architecture { subject.architecture }
    public var cgroup: CgroupLayout { subject.cgroup }
    public var profile: String? { subject.profile }
    public var deployment: String? { subject.deployment }
    public var scenario: String? { subject.scenario }
    public var agent: String? { subject.agent }
    public var bpf: String? { subject.bpf }
}
