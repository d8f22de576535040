import MatrixModel

extension CellRecord: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case schema, id, guest, kernel, series, flavour, release, origin, architecture, cgroup, profile, deployment, scenario, agent, bpf
        case verdict, cause, fault, summary, findings, proofs, provisioning, expectation, documentation, evidence, seconds, attempts, inputs, reused
        case startMode = "birth"
        case journalSize = "journal_size"
        case tier = "proof_tier"
        case burst = "burst_clients"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.schema, forKey: .schema)
        try container.encode(id, forKey: .id)
        try container.encode(guest, forKey: .guest)
        // `encode` and not `encodeIfPresent`: a missing value is a null that readers can rely on.
        try container.encode(kernel, forKey: .kernel)
        try container.encode(series, forKey: .series)
        try container.encode(flavour, forKey: .flavour)
        try container.encode(release, forKey: .release)
        try container.encode(origin, forKey: .origin)
        try container.encode(architecture, forKey: .architecture)
        try container.encode(cgroup, forKey: .cgroup)
        try container.encode(profile, forKey: .profile)
        try container.encode(deployment, forKey: .deployment)
        try container.encode(scenario, forKey: .scenario)
        try container.encode(agent, forKey: .agent)
        try container.encode(bpf, forKey: .bpf)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(cause, forKey: .cause)
        try container.encode(fault, forKey: .fault)
        try container.encode(summary, forKey: .summary)
        try container.encode(findings, forKey: .findings)
        try container.encode(proofs, forKey: .proofs)
        try container.encode(provisioning, forKey: .provisioning)
        try container.encode(expectation, forKey: .expectation)
        try container.encode(documentation, forKey: .documentation)
        try container.encode(evidence, forKey: .evidence)
        try container.encode(Dictionary(uniqueKeysWithValues: seconds.map { ($0.key.rawValue, $0.value) }), forKey: .seconds)
        try container.encode(attempts, forKey: .attempts)
        try container.encode(startMode, forKey: .startMode)
        try container.encode(inputs, forKey: .inputs)
        try container.encode(reused, forKey: .reused)
        try container.encode(journalSize, forKey: .journalSize)
        try container.encode(tier, forKey: .tier)
        try container.encode(burst, forKey: .burst)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let schema = try Self.schema(of: container)
        subject = try Self.subject(in: container)
        verdict = try container.decode(Verdict.self, forKey: .verdict)
        cause = try container.decodeIfPresent(Cause.self, forKey: .cause)
        fault = try container.decodeIfPresent(Cause.Fault.self, forKey: .fault)
        summary = try container.decode(String.self, forKey: .summary)
        findings = try container.decode([Finding].self, forKey: .findings)
        proofs = schema < 2 ? [] : try container.decode([ProofResult].self, forKey: .proofs)
        provisioning = try container.decodeIfPresent(DeploymentFinding.self, forKey: .provisioning)
        expectation = try container.decode(DocumentedSupport.self, forKey: .expectation)
        documentation = try container.decodeIfPresent(CellDocumentation.self, forKey: .documentation) ?? .none
        evidence = try container.decodeIfPresent(String.self, forKey: .evidence)
        let named = try container.decode([String: Double].self, forKey: .seconds)
        seconds = Dictionary(uniqueKeysWithValues: named.compactMap { name, value in Phase(rawValue: name).map { ($0, value) } })
        attempts = try container.decode(Int.self, forKey: .attempts)
        startMode = try container.decodeIfPresent(StartMode.self, forKey: .startMode)
        inputs = try container.decodeIfPresent(String.self, forKey: .inputs)
        reused = try container.decodeIfPresent(MeasuringRun.self, forKey: .reused)
        journalSize = try container.decodeIfPresent(Int.self, forKey: .journalSize)
        tier = try container.decodeIfPresent(ProofTier.self, forKey: .tier)
        burst = try container.decodeIfPresent(Int.self, forKey: .burst)
    }

    /// The one place where the axes' texts are read.
    private static func subject(in container: KeyedDecodingContainer<CodingKeys>) throws -> CellSubject {
        func text(_ key: CodingKeys) throws -> String? { try container.decodeIfPresent(String.self, forKey: key) }
        let id = try container.decode(String.self, forKey: .id)
        guard let architecture = try Architecture(rawValue: container.decode(String.self, forKey: .architecture)) else {
            throw CellRecordContradiction(id: id, reason: "its architecture is none that is known")
        }
        let axes = try CellAxes(
            guest: container.decode(String.self, forKey: .guest), architecture: architecture, cgroup: container.decode(CgroupLayout.self, forKey: .cgroup),
            profile: text(.profile), deployment: text(.deployment), scenario: text(.scenario), agent: text(.agent), bpf: text(.bpf))
        guard let flavour = try? KernelFlavour(parsing: container.decode(String.self, forKey: .flavour)) else {
            throw CellRecordContradiction(id: id, reason: "its flavour is not a kernel flavour")
        }
        let named = try text(.series)
        let series = named.flatMap { try? KernelSeries(parsing: $0) }
        guard let kernel = try text(.kernel) else {
            guard named == nil || series != nil else { throw CellRecordContradiction(id: id, reason: "its series is not a kernel series") }
            return .asked(AskedCell(axes, id: CellID(stored: id), series: series, flavour: flavour))
        }
        guard let version = try? KernelVersion(parsing: kernel) else { throw CellRecordContradiction(id: id, reason: "its kernel is not a kernel version") }
        let release = try text(.release) ?? ""
        let cell = Cell(axes, kernel: KernelIdentity(version: version, flavour: flavour, release: release, origin: try text(.origin) ?? ""))
        guard cell.id.text == id else { throw CellRecordContradiction(id: id, reason: "its axes are not those of its id") }
        guard series == version.series else { throw CellRecordContradiction(id: id, reason: "its kernel \(kernel) is not of series \(named ?? "null")") }
        return .cell(cell)
    }

    private static func schema(of container: KeyedDecodingContainer<CodingKeys>) throws -> Int {
        let schema = try container.decode(Int.self, forKey: .schema)
        guard readableSchemas.contains(schema) else {
            throw DecodingError.dataCorruptedError(
                forKey: .schema, in: container,
                debugDescription: "schema \(schema); this kmatrix reads \(readableSchemas.lowerBound) to \(readableSchemas.upperBound)")
        }
        return schema
    }
}

/// A stored record whose axes contradict each other: it was edited or damaged.
struct CellRecordContradiction: Error, Hashable, CustomStringConvertible {
    /// The cell that it claims to be of.
    let id: String
    let reason: String
    var description: String { "\(id): \(reason)" }
}
