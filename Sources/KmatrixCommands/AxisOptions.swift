import ArgumentParser
import KernelCatalogue
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

    @Option(help: ArgumentHelp(
        "How control groups are mounted: unified, hybrid, legacy, unmounted, elsewhere, or all. May be repeated.", valueName: "layout"))
    var cgroup: [String] = ["all"]

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

    func agents() async throws -> [AgentChoice] {
        var choices: [AgentChoice] = []
        for text in agent { choices.append(try await AgentChoice(parsing: text)) }
        return choices
    }

    func validate() throws {
        if kernel.isEmpty, distro.isEmpty || distro.contains("micro") { throw ValidationError("say which kernels with --kernel, as in --kernel 6.1") }
        if !deployment.isEmpty, distro.isEmpty || distro.contains("micro") {
            throw ValidationError("--deployment needs distributions with cloud-init: name them with --distro, as in --distro 'debian-*'")
        }
        if !kernel.isEmpty, distro.contains(where: { $0.hasPrefix("whole:") }) { throw ValidationError("an image of whole: boots its own kernel: leave --kernel out, or 'whole:'") }
        _ = try selectors()
        _ = try layouts()
        _ = try deployments()
        _ = try profiles()
    }

    func guests(catalogue: @autoclosure () throws -> DistributionCatalogue) throws -> [GuestChoice] {
        guard !distro.isEmpty else { return [.micro] }
        var guests: [GuestChoice] = []
        for text in distro {
            let chosen: [GuestChoice]
            if let image = ImageGuest(parsing: text) {
                chosen = [.image(image)]
            } else if let name = ImageGuest.bootingItself(text) {
                chosen = try catalogue().select(name).compactMap { ImageGuest($0, boot: .ownLoader).map(GuestChoice.image) }
                guard !chosen.isEmpty else { throw ValidationError("--distro: the catalogue names no image of \(name) that could boot by itself; give one as a path") }
            } else {
                chosen = text == "micro" ? [.micro] : try catalogue().select(text).map(GuestChoice.init)
            }
            guests += chosen.filter { !guests.contains($0) }
        }
        // Cells are told apart by their guests' names.
        if let twice = guests.first(where: { guest in guests.filter { $0.name == guest.name }.count > 1 }) {
            throw ValidationError("--distro: two images are called '\(twice.name)'; give one of the files another name")
        }
        return guests
    }

    func selectors() throws -> [KernelSelector] {
        try kernel.map { text in
            do { return try KernelSelector(parsing: text) } catch { throw ValidationError("--kernel: \(error)") }
        }
    }

    func layouts() throws -> [CgroupLayout] { try Set(chosen("--cgroup", cgroup) { text throws(SelectorError) in try CgroupLayout.parse(text) }).sorted() }

    func deployments() throws -> [Deployment] { try chosen("--deployment", deployment) { text throws(SelectorError) in try Deployment.parse(text) } }

    /// Nil among them is a kernel that is hardened in no way.
    func profiles() throws -> [BootProfile?] {
        guard !profile.isEmpty else { return [nil] }
        return try chosen("--profile", profile) { text throws(SelectorError) in text == "none" ? [nil] : try BootProfile.parse(text) }
    }

    /// Every value that the texts name, once and in their order.
    private func chosen<Value: Hashable>(_ option: String, _ texts: [String], _ parse: (String) throws(SelectorError) -> [Value]) throws -> [Value] {
        do {
            var seen: Set<Value> = []
            return try texts.flatMap(parse).filter { seen.insert($0).inserted }
        } catch {
            throw ValidationError("\(option): \(error)")
        }
    }
}
