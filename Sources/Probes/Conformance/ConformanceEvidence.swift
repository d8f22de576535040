public import GuestProtocol
public import MatrixModel

/// What a conformance guest and its platform left.
public struct ConformanceEvidence: Sendable {
    public let reports: [ClientReport]
    public let commands: [CommandReport]
    public let listings: [FileListing]
    public let journal: [FabricRequest]
    /// The agent's last status document.
    public let status: String

    public init(reports: [ClientReport], commands: [CommandReport], listings: [FileListing], journal: [FabricRequest], status: String) {
        self.reports = reports
        self.commands = commands
        self.listings = listings
        self.journal = journal
        self.status = status
    }

    func report(_ name: String) -> ClientReport? { reports.first { $0.name == name } }
    func output(_ name: String) -> String? { commands.first { $0.name == name }.map { String(decoding: $0.output, as: UTF8.self) } }
    func listing(_ path: String) -> FileListing? { listings.first { $0.path == path } }
    func request(_ name: String) -> FabricRequest? { journal.last { $0.client == name } }

    /// What a client got, in words: a status code, or why there is none.
    func words(_ name: String) -> String {
        guard let report = report(name) else { return "no report" }
        if let error = report.connectError { return "connect failed (errno \(error))" }
        return report.httpStatus.map(String.init) ?? (report.failure.isEmpty ? "no answer" : report.failure)
    }

    func status(_ name: String) -> Int32? { report(name)?.httpStatus }

    /// Passes when each client got one of the codes it should have got.
    func expect(_ expectations: [(name: String, codes: [Int32])]) -> ConformanceOutcome {
        let wrong = expectations.filter { expectation in status(expectation.name).map { !expectation.codes.contains($0) } ?? true }
        let seen = expectations.map { "\($0.name): \(words($0.name))" }.joined(separator: ", ")
        guard let first = wrong.first else { return .pass(seen) }
        return .fail("\(first.name) got \(words(first.name)) instead of \(first.codes.map(String.init).joined(separator: " or ")) (\(seen))")
    }
}
