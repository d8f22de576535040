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

    @Test("cgroup v2 is mounted by each family's own boot loader tool", arguments: [
        (DistributionFamily.rhel, "sudo grubby --update-kernel=ALL --args=\"systemd.unified_cgroup_hierarchy=1\""), (.amazon, "sudo grubby"), (.debian, "sudo update-grub"),
        (.ubuntu, "sudo update-grub"), (.sles, "sudo grub2-mkconfig"), (.azureLinux, "sudo grub2-mkconfig"),
    ])
    func cgroup2(family: DistributionFamily, command: String) {
        let remedy = Measure.mountCgroup2.remedy(for: family)
        #expect(remedy.commands.contains { $0.hasPrefix(command) })
        #expect(remedy.commands.joined().contains("systemd.unified_cgroup_hierarchy=1"))
        #expect(remedy.needsRestart)
    }

    @Test("a newer kernel comes from each family's own package tool", arguments: [
        (DistributionFamily.debian, "apt-get"), (.ubuntu, "linux-azure"), (.rhel, "dnf"), (.sles, "zypper"), (.azureLinux, "tdnf"), (.amazon, "amazon-linux-extras"),
        (.micro, "kmatrix run"),
    ])
    func kernel(family: DistributionFamily, tool: String) {
        #expect(Measure.upgradeKernel.remedy(for: family).commands.joined(separator: "\n").contains(tool))
    }

    @Test("nothing of kmatrix's own guest is administered")
    func micro() {
        for measure in Measure.allCases {
            let remedy = measure.remedy(for: .micro)
            let isWindows = measure == .startWindowsAgent || measure == .startWindowsDrivers
            #expect(remedy.place != .machine || isWindows, "\(measure)")
        }
    }

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
