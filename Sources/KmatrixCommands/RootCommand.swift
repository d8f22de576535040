public import ArgumentParser

/// `kmatrix`: the root of the subcommands.
public struct RootCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "kmatrix",
        abstract: "Test an eBPF metadata-security agent on Linux kernels and distributions",
        discussion: """
            Boots QEMU guests over kernels, distributions and cgroup layouts, starts the
            agent in each, and judges every cell by what the simulated platform received.

            EXAMPLES
              kmatrix run --kernel 6.1                       one kernel, all cgroup layouts
              kmatrix run --kernel '>=5.10,<6.13' --cgroup unified
              kmatrix run --distro 'debian-*'                distributions, own kernels
              kmatrix report runs/nightly --format html --out site
              kmatrix diagnose logs.zip                      a machine in the field
            """,
        version: KmatrixVersion.current,
        groupedSubcommands: CommandCatalogue.groups)

    public init() {}
}

enum KmatrixVersion {
    static let current = "0.1.0"
    /// The date at the foot of the manual page.
    static let date = "November 24, 2026"
}
