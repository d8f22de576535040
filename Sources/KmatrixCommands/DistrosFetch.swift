import ArgumentParser
import ArtefactCache
import KernelCatalogue
import MatrixModel
import SystemPackage

/// `kmatrix distros fetch`: the kernels that distributions boot by themselves.
struct DistrosFetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Fetch and verify the kernels of distributions",
        discussion: "After 'distros build' and this, 'kmatrix run --distro NAME --offline' needs no network.")

    @OptionGroup var options: DistributionOptions

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func run() async throws {
        let arguments = self
        let fetched = try await InterruptibleWork.run { try await arguments.fetch() }
        switch format {
        case .json: try StandardOutput.writeJSON(["kernels": fetched])
        case .jsonl: for kernel in fetched { try StandardOutput.writeJSON(kernel, isCompact: true) }
        case .table: for kernel in fetched { StandardOutput.write("\(kernel.distribution)  \(kernel.release)  \(kernel.image)\n") }
        }
    }

    private func fetch() async throws -> [EncodedKernel] {
        let host = KernelCatalogue(settings: try options.kernels.settings(cache: .standard()))
        var fetched: [EncodedKernel] = []
        for (architecture, chosen) in try options.chosen() {
            let catalogue = try host.of(architecture)
            let listing = try await catalogue.listing(for: [], of: chosen) { event in if !event.isDetail { StandardError.line(event.description) } }
            for distribution in chosen {
                let files = try await catalogue.fetch(distribution.kernel(in: listing)) { event in StandardError.line(event.description) }
                fetched.append(
                    EncodedKernel(distribution: distribution.name, architecture: architecture, release: files.identity.release, image: files.image.string))
            }
        }
        return fetched
    }
}

private struct EncodedKernel: Encodable {
    let distribution: String
    let architecture: Architecture
    let release: String
    let image: String
}
