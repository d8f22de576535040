import ArgumentParser
import ArtefactCache
import EvidenceStore
import Foundation
import MatrixRunner
import SystemPackage

/// `kmatrix shell`: opens an interactive console in one cell's guest.
struct ShellCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell",
        abstract: "Open a console in a cell's guest",
        discussion: """
            Boots the guest as run does: kernel, cgroup layout, platform, agent started. Leave
            with 'exit', which powers the guest off. Nothing is judged.

            EXAMPLE
              kmatrix shell --kernel 6.1 --cgroup legacy
            """)

    @OptionGroup(title: "Cells") var axes: AxisOptions
    @OptionGroup(title: "Repositories") var kernels: KernelOptions

    @Option(help: ArgumentHelp("Accelerator", valueName: "name"))
    var accel: AcceleratorOption = .auto

    func run() async throws {
        guard isatty(STDIN_FILENO) == 1 else {
            throw ValidationError("shell needs a terminal on standard input; to run cells without one, use 'kmatrix run'")
        }
        var axes = self.axes
        // Without --cgroup: the layout that the agent's documentation requires.
        if axes.cgroup.isEmpty { axes.cgroup = ["unified"] }
        let guests = try GuestOptions.parse(["--accel", accel.rawValue])
        let prepared = try await RunPreparation(axes: axes, kernels: kernels, guests: guests) { event in
            switch event {
            case .preparing(let text): StandardError.line(text)
            case .warning(let text): StandardError.line("warning: \(text)")
            default: break
            }
        }
        let plan = try await prepared.runner.plan()
        // The emulator switches the terminal to raw mode; the user's settings are always restored.
        var settings = termios()
        let isKnown = tcgetattr(STDIN_FILENO, &settings) == 0
        defer { if isKnown { tcsetattr(STDIN_FILENO, TCSANOW, &settings) } }
        try await ArtefactCache.standard().withScratch(kind: "shell") { folder in try await prepared.runner.shell(plan, in: folder) }
    }
}
