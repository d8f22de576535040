import ArgumentParser
import MatrixModel
import MatrixRunner

/// Which cells: the selectors of every axis.
struct AxisOptions: ParsableArguments {
    @Option(help: ArgumentHelp(
        "Which distributions: a name such as debian-12, a pattern such as 'debian-*', micro, all, or a disk image. May be repeated.",
        discussion: """
            Without it every cell is micro: the kernel and our own init, nothing else. With it, --kernel may be left out and each \
            distribution boots its own. Images are built once and kept; 'kmatrix distros list' shows them. A path with a slash is a \
            qcow2 image that others built: its kernel is taken out and started by the harness. whole:PATH (or whole:NAME) boots it through its own \
            boot loader, with its own kernel and command line, and needs cloud-init in it.
            """, valueName: "name"))
    var distro: [String] = []

    @Option(help: ArgumentHelp(
        "Which kernels. May be repeated.",
        discussion: """
            6.1 is the newest package of a series, 6.1.176-1 one version, '>=5.10,<6.13' the newest of each series between bounds, \
            all the newest of every series on offer. 6.1/rt-amd64 names a flavour (default: cloud-amd64). They are Debian's; where Debian \
            has none of a series, other distributions are asked, each for its own. 5.15@ubuntu-22.04 and 5.15/azure@'ubuntu-*' name \
            the distributions. A path with a slash is a kernel image. oci:HOST/REPOSITORY:TAG takes the kernel out of an OCI image, \
            source:6.1.100 builds it, which takes minutes.
            """, valueName: "selector"))
    var kernel: [String] = []

    @Option(help: ArgumentHelp("A kernel image in a file, beside what --kernel says. May be repeated.", valueName: "file"), completion: .file())
    var kernelImage: [String] = []

    @Option(help: ArgumentHelp(
        "How control groups are mounted: default, unified, hybrid, legacy, unmounted, elsewhere, or all. May be repeated.",
        discussion: """
            default is what a distribution boots with, and is used without this option; a micro guest then runs in all layouts. \
            For a micro guest, default is unified.
            """, valueName: "layout"))
    var cgroup: [String] = []

    @Option(help: ArgumentHelp(
        "A program variant's name, or the path of a .bpf.o file, in place of the agent's own. May be repeated.", valueName: "program"))
    var bpf: [String] = []

    @Option(help: ArgumentHelp(
        "What the platform does: a scenario's name (normal, key-reset, down, ...), the path of a .yml file, or all. May be repeated.",
        discussion: "Without it every cell meets the platform of 'normal', and the scenario is no axis.", valueName: "scenario"))
    var scenario: [String] = []

    @Option(help: ArgumentHelp(
        "Which agent: own, or the path of a .deb, an .rpm or a folder with upstream's layout. May be repeated.",
        discussion: "Without it every cell runs our own, and the agent is no axis.", valueName: "bundle"))
    var agent: [String] = []

    @Option(help: ArgumentHelp(
        "The profile of every agent of the run: own, azure-guest-proxy-agent, or the path of a .yml file (default: recognised by package and files).",
        discussion: "A profile names what an agent needs of a guest, when it reports, and its known defects with their last days.", valueName: "profile"),
        completion: .file(extensions: ["yml", "yaml"]))
    var agentProfile: String?

    @Option(help: ArgumentHelp(
        "How the machine is deployed on the platform: \(Deployment.allCases.map(\.rawValue).joined(separator: ", ")), or all. May be repeated.",
        discussion: """
            With it the guest is provisioned by its own cloud-init, as on the platform: asset tag, provisioning disc, DHCP, WireServer. \
            'unasked' ones are on a platform that does not ask cloud-init to wait for the agent; the agent of 'broken' cannot start. \
            Needs --distro. Without it guests are brought up without cloud-init, and the deployment is no axis.
            """, valueName: "deployment"))
    var deployment: [String] = []

    @Option(help: ArgumentHelp(
        "How the kernel is hardened at its start: \(BootProfile.allCases.map(\.rawValue).joined(separator: ", ")), all of these, or none. May be repeated.",
        discussion: "Without it the kernel boots as it comes, and the profile is no axis.", valueName: "profile"))
    var profile: [String] = []

    @Option(help: ArgumentHelp(
        "A file that names a matrix: blocks of these axes, exclusions, expectations; see the README.",
        discussion: "Takes the place of all other axes.", valueName: "file.yml"), completion: .file(extensions: ["yml", "yaml"]))
    var matrix: String?

    private var written: [AxisTexts.Axis: [String]] {
        [
            .distro: distro, .kernel: kernel + kernelImage.map { $0.contains("/") ? $0 : "./" + $0 }, .cgroup: cgroup, .bpf: bpf, .scenario: scenario, .agent: agent, .deployment: deployment, .profile: profile,
        ].filter { !$0.value.isEmpty }
    }

    func validate() throws {
        guard matrix == nil else {
            if let other = written.keys.map(\.rawValue).sorted().first { throw ValidationError("--matrix says all of the cells: leave --\(other) out, or write it into the file") }
            return
        }
        try texts.check()
    }

    /// Only mistakes of the command line itself are told with its usage.
    private var texts: AxisTexts {
        let items = written.map { axis, texts in
            (axis, texts.map { text in AxisTexts.Item(text: text) { $0 is SelectorError ? ValidationError("--\(axis.rawValue): \($0)") : $0 } })
        }
        return AxisTexts(items: Dictionary(uniqueKeysWithValues: items), name: { "--\($0.rawValue)" }, complain: { ValidationError($0) })
    }

    func matrixFile() throws -> MatrixFile? { try matrix.map(MatrixFile.init(path:)) }

    /// The blocks of the file, or the one of the command line.
    func blocks(_ products: Products, _ file: MatrixFile?) async throws -> (axes: [MatrixAxes], exclusions: [CellPattern]) {
        guard let file else { return ([try await texts.axes(products)], []) }
        var blocks: [MatrixAxes] = []
        for block in file.blocks { blocks.append(try await block.axes(products)) }
        return (blocks, file.exclusions)
    }
}
