import Glibc
import GuestProtocol

/// Installs the agent's package with the distribution's package manager.
struct PackageInstallation {
    let children: ChildProcesses

    /// In milliseconds. Under emulation a package manager takes seconds to start.
    private static let deadline: UInt32 = 120_000

    /// A configuration from the payload takes precedence over the package's own.
    /// - Throws: `PlanExecution.SetupFailure` with the step `install`, and the tool's last line.
    func install(_ package: String, evidence: EvidenceSender) throws {
        let tool = package.hasSuffix(".rpm") ? "rpm" : "dpkg"
        let arguments = package.hasSuffix(".rpm") ? ["--upgrade", "--force", package] : ["--install", "--force-confold", package]
        let report = try CommandChild(children: children).run(CommandSpec(name: "install", path: tool, arguments: arguments), deadline: Self.deadline)
        try evidence.send(.installLog, report.output)
        guard report.ending != .exited(code: 0) else { return }
        let lines = String(decoding: report.output, as: UTF8.self).split(separator: "\n")
        let why = report.ending.map { "\($0)" } ?? "it did not end in time"
        throw PlanExecution.SetupFailure(step: "install", reason: "\(tool): \(why): \(lines.suffix(3).joined(separator: " | "))")
    }
}
