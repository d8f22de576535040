import SystemPackage

/// One format of kernel repository: finds the kernels on offer, and unpacks a fetched package.
protocol KernelRepository: Sendable {
    /// The first component of a kernel's origin: `debian`, or a distribution's name.
    var vendor: String { get }

    /// Searches every part of the repository. The outcome of a part states whether it could be read.
    /// - Throws: Errors of this machine or its settings, which are not the fault of a part; `CancellationError`.
    func search(_ progress: @escaping @Sendable (CatalogueEvent) -> Void) async throws -> [(SearchedSuite, [CatalogueKernel])]

    /// Unpacks a package into a folder, after its bytes were checked against the index.
    /// - Throws: `CatalogueError` with `brokenPackage` or `badSignature`.
    func unpack(_ package: CatalogueKernel.Source, _ file: FilePath, into folder: FilePath) async throws
}

/// The kernels in a part of a repository, and remarks about it.
struct PartContent {
    let kernels: [CatalogueKernel]
    /// How many days its index is past its date; nil when it is not.
    let daysLate: Int?
    /// Anomalies of the part.
    let notes: [String]
}

extension KernelRepository {
    /// Reads a part of the repository at the first address that serves it.
    /// - Parameter read: Returns nil when there is no such part.
    func firstWorking(
        _ addresses: [String], part: String, place: String, read: (String) async throws -> PartContent?
    ) async throws -> (SearchedSuite, [CatalogueKernel]) {
        var failures: [CatalogueError] = []
        for address in addresses {
            do {
                guard let content = try await read(address) else { continue }
                let outcome = SearchedSuite.Outcome.read(kernels: content.kernels.count)
                return (
                    SearchedSuite(name: part, address: "\(address)/\(place)", outcome: outcome, daysLate: content.daysLate, notes: content.notes),
                    content.kernels
                )
            } catch let error as CatalogueError {
                failures.append(error)
                // An error beyond the transfer is reported and not hidden by trying another address.
                guard error.isOfTheWay else { break }
            }
        }
        let outcome: SearchedSuite.Outcome =
            switch failures.count {
            case 0: .absent
            case 1: .failed(failures[0])
            default:
                .failed(
                    CatalogueError(
                        failures[0].code, subject: failures[0].subject,
                        detail: failures[0].detail + "; " + failures.dropFirst().map(\.reason).joined(separator: "; ")))
            }
        return (SearchedSuite(name: part, address: "\(addresses.first ?? "")/\(place)", outcome: outcome), [])
    }
}

/// Applies a function to several items, a few concurrently, and returns the results in the order of the items.
func inTurn<Item: Sendable, Result: Sendable>(
    _ items: [Item], _ body: @escaping @Sendable (Item) async throws -> Result
) async throws -> [Result] {
    var results: [Int: Result] = [:]
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var waiting = Array(items.enumerated())[...]
        func startNext() {
            guard let (position, item) = waiting.popFirst() else { return }
            group.addTask { (position, try await body(item)) }
        }
        for _ in 0..<4 { startNext() }
        while let (position, result) = try await group.next() {
            results[position] = result
            startNext()
        }
    }
    return results.sorted { $0.key < $1.key }.map(\.value)
}
