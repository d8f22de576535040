import Guidance
import MatrixModel
import Testing

@Suite("Remedies")
struct RemedyTests {
    static let machines = DistributionFamily.allCases.filter { $0 != .micro }

    @Test("every measure says what to do in every family, and what to type", arguments: Measure.allCases)
    func measures(measure: Measure) {
        for family in DistributionFamily.allCases {
            let remedy = measure.remedy(for: family)
            #expect(remedy.action.hasSuffix(".") && remedy.action.first?.isUppercase == true)
            #expect(!remedy.commands.isEmpty || remedy.note != nil, "\(measure) \(family)")
            #expect(remedy.commands.allSatisfy { !$0.isEmpty && !$0.contains("\n") })
        }
    }

    @Test(
        "cgroup v2 is mounted by each family's own boot loader tool",
        arguments: [
            (DistributionFamily.rhel, "sudo grubby --update-kernel=ALL --args=\"systemd.unified_cgroup_hierarchy=1\""), (.debian, "sudo update-grub"),
            (.ubuntu, "sudo update-grub"), (.sles, "sudo grub2-mkconfig"), (.azureLinux, "sudo grub2-mkconfig"),
        ])
    func cgroup2(family: DistributionFamily, command: String) {
        let remedy = Measure.mountCgroup2.remedy(for: family)
        #expect(remedy.commands.contains { $0.hasPrefix(command) })
        #expect(remedy.commands.joined().contains("systemd.unified_cgroup_hierarchy=1"))
        #expect(remedy.needsRestart)
    }

    @Test(
        "a newer kernel comes from each family's own package tool",
        arguments: [
            (DistributionFamily.debian, "apt-get"), (.ubuntu, "linux-azure"), (.rhel, "dnf"), (.sles, "zypper"), (.azureLinux, "tdnf"),
            (.amazon, "amazon-linux-extras"),
        ])
    func kernel(family: DistributionFamily, tool: String) {
        let floor = Advice.kernelOfFloor(KernelSeries(major: 5, minor: 15)).remedy(for: family)
        #expect(floor.commands.joined(separator: "\n").contains(tool) && floor.action.contains("5.15") && floor.needsRestart)
    }

    @Test(
        "systemd 219 of Amazon Linux 2 knows no such argument: cgroup v2 is mounted by hand there, and where the distribution is not known",
        arguments: [DistributionFamily.amazon, .other, .micro])
    func byHand(family: DistributionFamily) {
        #expect(Measure.mountCgroup2.remedy(for: family).commands.contains("sudo mount -t cgroup2 none /mnt/cgroup2"))
    }

    @Test("an unknown distribution gets no distribution's commands", arguments: Measure.allCases)
    func unknown(measure: Measure) {
        let tools = ["apt-get", "dnf", "yum", "zypper", "tdnf", "grubby", "update-grub", "grub2-mkconfig"]
        #expect(measure.remedy(for: .other).commands.allSatisfy { command in !tools.contains { command.contains($0) } })
    }

    @Test(
        "a kernel's or package's ending tells the distribution, and a plain one tells none",
        arguments: [
            ("5.10.220-209.869.amzn2.x86_64", DistributionFamily.amazon), ("4.18.0-425.19.2.el8_7.x86_64", .rhel), ("6.8.0-1052-azure", .ubuntu),
            ("6.17.0-14-generic", .ubuntu),
            ("24.4-0ubuntu1~22.04.1", .ubuntu), ("23.3-7.cm2", .azureLinux), ("6.1.0-44-cloud-amd64", .debian), ("5.14.21-150500.55.7-default", .sles),
            ("6.6.57.1-6.azl3", .azureLinux),
            ("6.12.57-talos", nil), ("5.10.47", nil), ("5.15.148", nil), ("4.19.90-52.31.v2207.ky10.aarch64", nil),
        ])
    func endings(version: String, family: DistributionFamily?) { #expect(DistributionFamily(version: version) == family) }

    @Test("a family is known by its guest's name and by os-release")
    func families() {
        #expect(DistributionFamily(guest: "debian-12") == .debian)
        #expect(DistributionFamily(guest: "rocky-9") == .rhel)
        #expect(DistributionFamily(guest: "micro") == .micro)
        #expect(DistributionFamily(guest: "debianoid") == nil)
        #expect(DistributionFamily(id: "sles") == .sles)
        #expect(DistributionFamily(id: "linuxmint", like: ["ubuntu", "debian"]) == .ubuntu)
        #expect(DistributionFamily(id: "plan9") == nil)
    }

    @Test("what is asked for can be typed, and only reads", arguments: WantedFile.allCases)
    func wanted(file: WantedFile) {
        #expect(!file.command.isEmpty)
        #expect(!["rm ", "tee ", "install ", "restart", "--set", " > "].contains { file.command.contains($0) })
    }
}
