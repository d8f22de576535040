import ArgumentParser
import EvidenceStore
import Foundation

/// `kmatrix kernels gc`: gives disk space back.
struct KernelsGC: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove unused cache entries and stale run files",
        discussion: """
            Also removes sockets, disks and partial files of killed runs in run folders;
            evidence stays. Entries in use by a running kmatrix stay.
            """)

    @OptionGroup var collection: GarbageOptions

    func run() async throws { try await collection.collect(runs: RunFolder.standardParent(environment: ProcessInfo.processInfo.environment)) }
}
