import ArgumentParser
import EvidenceStore
import Foundation

/// `kmatrix kernels gc`: gives disk space back.
struct KernelsGC: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove what the cache holds and nobody used lately.",
        discussion: """
            Sockets, disks and half-written files that a killed run left in its folder under $XDG_STATE_HOME/kmatrix/runs go as well; evidence stays. What \
            a running kmatrix uses or is filling at the moment is left alone.
            """)

    @OptionGroup var collection: GarbageOptions

    func run() async throws { try await collection.collect(runs: RunFolder.standardParent(environment: ProcessInfo.processInfo.environment)) }
}
