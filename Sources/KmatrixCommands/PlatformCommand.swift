import ArgumentParser
import Foundation
import MatrixRunner
import SystemPackage

/// `kmatrix platform`: the simulated platform by itself.
struct PlatformCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "platform",
        abstract: "Serve the simulated platform on Unix sockets until interrupted.",
        discussion: """
            The folder gets wireserver.sock, hostga.sock, imds.sock and the journal fabric.jsonl.

            EXAMPLE
              kmatrix platform --scenario key-reset --folder /tmp/platform
            """)

    @Option(help: ArgumentHelp("A scenario's name or the path of a .yml file.", valueName: "scenario"))
    var scenario: String = "normal"

    @Option(help: ArgumentHelp("Where the sockets and the journal go.", valueName: "folder"))
    var folder: String

    func run() async throws {
        let arguments = self
        try await InterruptibleWork.run { try await arguments.serve() }
    }

    private func serve() async throws {
        let products = try Products(folder: RunPreparation.productsFolder())
        guard let chosen = try products.scenarios(scenario).first else { return }
        let place = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(folder)).lexicallyNormalized()
        try await StandalonePlatform.serve(chosen, in: place) { StandardError.line("serving in \(place)") }
    }
}
