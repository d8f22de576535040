import ArgumentParser
import Foundation
import MatrixRunner
import QEMUGuest

/// How guests are run.
struct GuestOptions: ParsableArguments {
    @Option(help: ArgumentHelp(
        "How many guests run at once (default: as many as there are usable cores, and memory for by what guests took here before).",
        discussion: "Other runs of yours on this machine take their turns from the same number. While the machine is short of memory no further guest is started."))
    var jobs: Int?

    @Option(help: ArgumentHelp("How long one attempt at a cell may take, in seconds; a distribution's twice that, and a deployment's eight minutes at least.", valueName: "seconds"))
    var timeout: Int = 90

    @Option(help: "How often a cell is tried again after an attempt that failed through our fault, or in a way that chance can bring about.")
    var retries: Int = 2

    @Option(help: "The accelerator: auto (probed by a boot and remembered), kvm, or tcg.")
    var accel: AcceleratorOption = .auto

    @Option(help: ArgumentHelp(
        "How guests come to life: auto, cold, or snapshot.",
        discussion: "A snapshot is a guest that has booted and waits for its plan; a cell's guest is a copy of it. A distribution is one once it has come up, without the agent; a deployment always boots. auto takes one where two cells at least have the same boot, or where it is there already; a guest that cannot be brought back boots."))
    var boot: BootOption = .auto

    @Option(
        help: ArgumentHelp(
            "What all snapshots may take on the disk: 20G, 500M (default: $KMATRIX_SNAPSHOT_LIMIT, else 6G).",
            discussion: "When a new one is kept, the longest unused go until the others fit; those of this run stay.", valueName: "size"))
    var snapshotLimit: String?

    func validate() throws {
        _ = try snapshotBytes()
        if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs must lie between 1 and 256") }
        if !(5...3600).contains(timeout) { throw ValidationError("--timeout must lie between 5 and 3600 seconds") }
        if !(0...10).contains(retries) { throw ValidationError("--retries must lie between 0 and 10") }
    }

    /// - Throws: `ValidationError`.
    func snapshotBytes() throws -> Int { try Self.snapshotBytes(snapshotLimit, environment: ProcessInfo.processInfo.environment) }

    /// What all snapshots may take, by the option, else by the variable.
    static func snapshotBytes(_ option: String?, environment: [String: String]) throws -> Int {
        if let option { return try DiskSpace(option, from: "--snapshot-limit").bytes }
        let variable = "KMATRIX_SNAPSHOT_LIMIT"
        return try environment[variable].map { try DiskSpace($0, from: variable).bytes } ?? MatrixRequest.standardSnapshotLimit
    }
}

enum BootOption: String, ExpressibleByArgument, CaseIterable {
    case auto, cold, snapshot

    var choice: BootChoice {
        switch self {
        case .auto: .auto
        case .cold: .cold
        case .snapshot: .snapshot
        }
    }
}

enum AcceleratorOption: String, ExpressibleByArgument, CaseIterable {
    case auto, kvm, tcg
}

extension AcceleratorOption {
    var choice: AcceleratorChoice {
        switch self {
        case .auto: .auto
        case .kvm: .kvm
        case .tcg: .tcg
        }
    }
}
