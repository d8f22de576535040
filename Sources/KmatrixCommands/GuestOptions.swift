import MatrixPlanning
import ArgumentParser
import Foundation
import MatrixRunner
import QEMUGuest

/// How guests run: concurrency, time limits, retries, accelerator, snapshots.
struct GuestOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Concurrency limit (default: from cores and memory)", valueName: "n"))
    var jobs: Int?

    @Option(help: ArgumentHelp("Time limit of one attempt", valueName: "seconds"))
    var timeout: Int = 90

    @Option(help: ArgumentHelp("Retries of a cell after a harness failure", valueName: "n"))
    var retries: Int = 2

    @Option(help: ArgumentHelp("Accelerator", valueName: "name"))
    var accel: AcceleratorOption = .auto

    @Option(help: ArgumentHelp("Boot", valueName: "mode"))
    var boot: BootOption = .auto

    @Option(help: ArgumentHelp("Disk limit of all snapshots (default: 6G)", valueName: "size"))
    var snapshotLimit: String?

    func validate() throws {
        _ = try snapshotBytes()
        if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs must be between 1 and 256") }
        if !(5...3600).contains(timeout) { throw ValidationError("--timeout must be between 5 and 3600 seconds") }
        if !(0...10).contains(retries) { throw ValidationError("--retries must be between 0 and 10") }
    }

    /// - Throws: `ValidationError`.
    func snapshotBytes() throws -> Int { try Self.snapshotBytes(snapshotLimit, environment: ProcessInfo.processInfo.environment) }

    /// Returns the disk limit of all snapshots: the option, else the variable, else the default.
    static func snapshotBytes(_ option: String?, environment: [String: String]) throws -> Int {
        if let option { return try DiskSpace(option, from: "--snapshot-limit").bytes }
        let variable = "KMATRIX_SNAPSHOT_LIMIT"
        return try environment[variable].map { try DiskSpace($0, from: variable).bytes } ?? RunSettings.standardSnapshotLimit
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
