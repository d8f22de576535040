import ArgumentParser
import ArtefactCache
import EvidenceStore
import Foundation
import MatrixRunner
import SystemPackage

/// `kmatrix shell`: an interactive console in one cell's guest.
struct ShellCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell",
        abstract: "Open a console in one cell's guest, with the agent deployed.",
        discussion: """
            The guest is set up as `run` would set it up: kernel, cgroup layout, simulated platform, agent started. Leave with `exit`;
            the guest then powers off. Nothing is judged.

            EXAMPLE
              kmatrix shell --kernel 6.1 --cgroup legacy
            """)

    @OptionGroup(title: "Axes") var axes: AxisOptions
    @OptionGroup(title: "Kernels") var kernels: KernelOptions

    @Option(help: "The accelerator: auto, kvm, or tcg.")
    var accel: AcceleratorOption = .auto

    func run() async throws {
        guard isatty(STDIN_FILENO) == 1 else {
            throw ValidationError("a shell needs a terminal on standard input; to run cells without one, use kmatrix run")
        }
        var axes = self.axes
        // One layout: without a choice the one that the documentation asks for.
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
        // The emulator puts the terminal into raw mode; whatever happens, the user's own settings come back.
        var settings = termios()
        let isKnown = tcgetattr(STDIN_FILENO, &settings) == 0
        defer { if isKnown { tcsetattr(STDIN_FILENO, TCSANOW, &settings) } }
        try await ArtefactCache.standard().withScratch(kind: "shell") { folder in try await prepared.runner.shell(plan, in: folder) }
    }
}
