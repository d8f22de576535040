public import ArgumentParser

/// `kmatrix`: the root of the subcommands.
public struct RootCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "kmatrix",
        abstract: "Finds out on which Linux kernels and cgroup set-ups the metadata-security agent really works.",
        discussion: """
            kmatrix boots guests in QEMU, one per kernel and cgroup layout, starts the \
            agent in each, lets clients talk to a simulated platform, and judges what \
            the platform saw. A cell is green only when the platform's own journal \
            proves it.

            EXAMPLES
              kmatrix run --kernel 6.1             the newest 6.1, all cgroup layouts
              kmatrix run --kernel '>=5.10,<6.13' --cgroup unified
              kmatrix run --kernel all --format json > run.json
              kmatrix run --distro 'debian-*'      whole distributions, each on its own kernel
              kmatrix plan --kernel all            what that would boot
              kmatrix merge runs/whole runs/part-1 runs/part-2
              kmatrix report runs/nightly --format html --out site
              kmatrix conformance --kernel 6.1     upstream's security checks, by their ids
              kmatrix shell --kernel 6.1 --cgroup legacy    look around in a guest
              kmatrix diagnose logs.zip            what is wrong with a machine in the field
              kmatrix explain key-lost             what a cause or an error code means
              kmatrix predict loop-lookup          which kernels will load a program
              kmatrix history '*/legacy'           these cells, run after run
              kmatrix diff previous latest         what the last run changed
              kmatrix doctor                       is this machine fit for it?

            EXIT CODES
              0  every cell is as documented or expected
              1  some cell is not compatible although it is documented as supported
              2  the command line or a setting is wrong
              3  some cell is inconclusive (our fault) or its kernel unavailable
              4  a cell from a snapshot came out otherwise when booted
            130  interrupted
            """,
        version: KmatrixVersion.current,
        subcommands: [
            RunCommand.self, PlanCommand.self, JudgeCommand.self, MergeCommand.self, BisectCommand.self, ReportCommand.self, KernelsCommand.self, KeysCommand.self, DistrosCommand.self, ConformanceCommand.self, HistoryCommand.self,
            DiffCommand.self, DiagnoseCommand.self, ExplainCommand.self, CollectCommand.self, PredictCommand.self, PlatformCommand.self, ShellCommand.self,
            DoctorCommand.self, CompletionsCommand.self, ManCommand.self, BenchCommand.self,
        ])

    public init() {}
}

enum KmatrixVersion {
    static let current = "0.1.0"
    /// When it was settled, for the foot of the manual page.
    static let date = "November 24, 2026"
}
