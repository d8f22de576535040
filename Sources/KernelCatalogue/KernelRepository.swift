import SystemPackage

/// One way in which kernels are published: what is on offer there, and how a fetched package is taken apart.
protocol KernelRepository: Sendable {
    /// What a kernel's origin begins with: `debian`, or a distribution's name.
    var vendor: String { get }

    /// Looks through every part of it. A part that cannot be read says so in its outcome.
    /// - Throws: What is wrong with this machine or its settings, and no part's fault; `CancellationError`.
    func search(_ progress: @escaping @Sendable (CatalogueEvent) -> Void) async throws -> [(SearchedSuite, [CatalogueKernel])]

    /// Puts a package's files into a folder, after its index vouched for every byte of it.
    /// - Throws: `CatalogueError` with `brokenPackage` or `badSignature`.
    func unpack(_ package: CatalogueKernel.Source, _ file: FilePath, into folder: FilePath) async throws
}

/// What a part of a repository that could be read offers, and what is to be known of it.
struct PartContent {
    let kernels: [CatalogueKernel]
    /// The days that its index is past its date; nil when it is not.
    let daysLate: Int?
    /// What is strange about it.
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

/// Does the same with each of several things, a few at a time, and keeps their order.
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
