import ArgumentParser
import ArtefactCache
import KernelCatalogue
import MatrixModel
import MatrixReport
import MatrixRunner
import SystemPackage

/// `kmatrix distros build`: images ahead of a run.
struct DistrosBuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build distribution images into the cache",
        discussion: """
            Needs no root. An image is built once; guests write to a copy-on-write overlay.

            EXAMPLES
              kmatrix distros build debian-12
              kmatrix distros build all --refresh
            """)

    @OptionGroup var options: DistributionOptions

    @Flag(help: "Rebuild existing images from today's packages")
    var refresh = false

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func run() async throws {
        let arguments = self
        let built = try await InterruptibleWork.run { try await arguments.build() }
        switch format {
        case .json: try StandardOutput.writeJSON(["images": built])
        case .jsonl: for image in built { try StandardOutput.writeJSON(image, isCompact: true) }
        case .table:
            let rows = built.map { [$0.distribution, "\($0.bytes / 1_000_000) MB", $0.disk] }
            StandardOutput.write(TextColumns.render([["name", "size", "image"]] + rows) + "\n")
        }
    }

    private func build() async throws -> [EncodedImage] {
        let cache = ArtefactCache.standard()
        let images = DistributionImages(packages: KernelCatalogue(settings: try options.kernels.settings(cache: cache)), cache: cache) { event in
            switch event {
            case .preparing(let text): StandardError.line(text)
            case .warning(let text): StandardError.line("warning: \(text)")
            default: break
            }
        }
        var built: [EncodedImage] = []
        for distribution in try options.chosen().flatMap(\.1) {
            built.append(EncodedImage(distribution, try await images.build(distribution, renews: refresh)))
        }
        return built
    }
}

private struct EncodedImage: Encodable {
    let distribution: String
    let architecture: Architecture
    let disk: String
    /// What the image takes on the disk.
    let bytes: Int

    init(_ distribution: Distribution, _ image: DistributionImages.Built) {
        self.distribution = distribution.name
        architecture = distribution.architecture
        disk = image.disk.string
        bytes = image.bytes
    }
}
