import MatrixPlanning
import ArgumentParser
import Foundation
import MatrixRunner
import SystemPackage

/// `kmatrix platform`: serves the simulated platform without a guest.
struct PlatformCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "platform",
        abstract: "Serve the simulated platform on Unix sockets",
        discussion: """
            Creates wireserver.sock, hostga.sock, imds.sock and the journal fabric.jsonl in the
            folder, and serves until interrupted.

            EXAMPLE
              kmatrix platform --scenario key-reset --folder /tmp/platform
            """)

    @Option(help: ArgumentHelp("Scenario name or .yml file (help scenarios)", valueName: "scenario"))
    var scenario: String = "normal"

    @Option(help: ArgumentHelp("Folder for the sockets and the journal", valueName: "folder"))
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
