import ArgumentParser
import ArtefactCache
import KernelCatalogue
import MatrixModel
import SystemPackage

/// `kmatrix kernels fetch`: fills the cache ahead of a run.
struct KernelsFetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Fetch and verify kernels into the cache")

    @Option(help: ArgumentHelp("Kernels, as for run; may be repeated", valueName: "selector"))
    var kernel: [String]

    @OptionGroup var architecture: ArchitectureOptions

    @OptionGroup(title: "Repositories") var kernels: KernelOptions

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func run() async throws {
        let arguments = self
        let fetched = try await InterruptibleWork.run { try await arguments.fetch() }
        switch format {
        case .json: try StandardOutput.writeJSON(["kernels": fetched])
        case .jsonl: for kernel in fetched { try StandardOutput.writeJSON(kernel, isCompact: true) }
        case .table: for kernel in fetched { StandardOutput.write("\(kernel.release)  \(kernel.image)\n") }
        }
    }

    private func fetch() async throws -> [EncodedFiles] {
        let selectors = try kernel.map { try KernelSelector(parsing: $0) }
        let host = KernelCatalogue(settings: try kernels.settings(cache: .standard()))
        var fetched: [EncodedFiles] = []
        for architecture in try architecture.architectures() {
            let catalogue = try host.of(architecture)
            let listing = try await catalogue.listing(for: selectors) { event in if !event.isDetail { StandardError.line(event.description) } }
            for chosen in try selectors.flatMap({ try listing.resolve($0) }) {
                let files = try await catalogue.fetch(chosen) { event in StandardError.line(event.description) }
                fetched.append(EncodedFiles(files, architecture))
            }
        }
        return fetched
    }
}

private struct EncodedFiles: Encodable {
    struct Package: Encodable {
        let name: String
        let version: String
        let checksum: String
        let bytes: Int
    }

    let architecture: Architecture
    let kernel: String
    let release: String
    let image: String
    let packages: [Package]

    init(_ files: KernelFiles, _ architecture: Architecture) {
        self.architecture = architecture
        kernel = files.identity.version.description
        release = files.identity.release
        image = files.image.string
        packages = files.packages.map { Package(name: $0.name, version: $0.version, checksum: $0.checksum, bytes: $0.bytes) }
    }
}
