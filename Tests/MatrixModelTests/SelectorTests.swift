import MatrixModel
import Testing

@Suite("Selectors")
struct SelectorTests {
    @Test("are read as series, exact version, range, all or path")
    func kinds() throws {
        let realTime = try KernelFlavour(parsing: "rt-amd64")
        #expect(try KernelSelector(parsing: "6.1") == .series(KernelSeries(major: 6, minor: 1), .standard))
        #expect(try KernelSelector(parsing: "6.1/rt-amd64") == .series(KernelSeries(major: 6, minor: 1), KernelPackaging(flavour: realTime)))
        #expect(try KernelSelector(parsing: "6.1.192-2") == .exact(KernelVersion(parsing: "6.1.192-2"), .standard))
        #expect(try KernelSelector(parsing: "all/rt-amd64") == .all(KernelPackaging(flavour: realTime)))
        #expect(try KernelSelector(parsing: ">=5.10,<6.13") == .range(KernelRange(parsing: ">=5.10,<6.13"), .standard))
        #expect(
            try KernelSelector(parsing: "5.15/azure@ubuntu-22.04")
                == .series(KernelSeries(major: 5, minor: 15), KernelPackaging(flavour: KernelFlavour(parsing: "azure"), distribution: "ubuntu-22.04")))
        #expect(try KernelSelector(parsing: "/boot/vmlinuz") == .image(path: "/boot/vmlinuz"))
        #expect(try KernelSelector(parsing: "./vmlinuz") == .image(path: "./vmlinuz"))
    }

    @Test(
        "are written as they were read",
        arguments: ["6.1", "6.1/rt-amd64", "6.1.192-2", "all", ">=5.10,<6.13", "5.15/azure@ubuntu-*", "all@rocky-9", "./vmlinuz"])
    func roundTrip(text: String) throws {
        #expect(try KernelSelector(parsing: text).description == text)
    }

    @Test(
        "are refused with a message that quotes them",
        arguments: ["banana", "6", "6.1x", "6.1/", "6.1/Upper", ">=", ">=5.10,", "5.10..6.1", "5.15@", "5.15@Ubuntu", "5.15@ubuntu/azure"])
    func malformed(text: String) throws {
        let error = try #require(throws: SelectorError.self) { _ = try KernelSelector(parsing: text) }
        #expect(error.text.isEmpty || error.description.contains(error.text))
    }

    @Test("are refused when empty")
    func empty() {
        let error = #expect(throws: SelectorError.self) { _ = try KernelSelector(parsing: "") }
        #expect(error?.code == .empty)
    }
}

@Suite("Ranges of kernels")
struct KernelRangeTests {
    @Test(
        "compare by as many numbers as a bound has",
        arguments: [
            (">=5.10,<6.13", "5.10.1-1", true), (">=5.10,<6.13", "6.12.200-1", true), (">=5.10,<6.13", "6.13.0-1", false), (">=5.10", "5.9.16-1", false),
            ("<=6.1", "6.1.192-2", true), (">6.1", "6.1.192-2", false), (">6.1", "6.2-1", true), ("=6.1", "6.1.192-2", true), ("=6.1.19", "6.1.192-2", false),
        ])
    func contains(range: String, version: String, isIn: Bool) throws {
        #expect(try KernelRange(parsing: range).contains(KernelVersion(parsing: version)) == isIn)
    }

    @Test("are refused when malformed", arguments: ["5.10", ">=x", ">=5.10,,<6", "=>5.10", "~5.10", ">= 5.10 x"])
    func malformed(text: String) {
        let error = #expect(throws: SelectorError.self) { _ = try KernelRange(parsing: text) }
        #expect(error?.code == .malformedRange)
    }

    @Test("are refused when no version can be in them")
    func empty() {
        let error = #expect(throws: SelectorError.self) { _ = try KernelRange(parsing: ">=6.13,<5.10") }
        #expect(error?.code == .emptyRange)
    }
}

@Suite("Cells")
struct CellTests {
    private func cell(
        _ version: String, guest: String = "micro", origin: String = "debian/bookworm", layout: CgroupLayout = .unified, scenario: String? = nil,
        bpf: String? = nil
    ) throws -> Cell {
        Cell(
            guest: guest, kernel: KernelIdentity(version: try KernelVersion(parsing: version), flavour: .cloud, release: "r", origin: origin), cgroup: layout,
            scenario: scenario, bpf: bpf)
    }

    @Test("have an id that names every axis in play and no other")
    func ids() throws {
        #expect(try cell("6.1.192-2").id.text == "micro/6.1.192-2/cloud-amd64/unified")
        #expect(try cell("6.1.192-2", scenario: "plain", bpf: "a/b").id.text == "micro/6.1.192-2/cloud-amd64/unified/scenario=plain/bpf=a_b")
    }

    @Test("name whose build the kernel is where several vendors build one version, and the guest does not say it")
    func origins() throws {
        #expect(try cell("5.14.0-427.el9", origin: "rocky-9/BaseOS").id.text == "micro/5.14.0-427.el9/cloud-amd64/unified/origin=rocky-9")
        #expect(try cell("5.14.0-427.el9", origin: "alma-9/BaseOS").id.text.hasSuffix("/origin=alma-9"))
        #expect(try cell("5.14.0-427.el9", guest: "rocky-9", origin: "rocky-9/BaseOS").id.text == "rocky-9/5.14.0-427.el9/cloud-amd64/unified")
        #expect(try cell("6.1", origin: "file").id.text == "micro/6.1/cloud-amd64/unified")
    }

    @Test("have a folder name that is one plain path component", arguments: ["../../etc/passwd", "a b\u{0}\n", "ünï", "-rf"])
    func folderNames(value: String) throws {
        let name = try cell("6.1.192-2", bpf: value).id.folderName
        #expect(name.hasPrefix("micro_6.1.192-2_cloud-amd64_unified_bpf="))
        #expect(name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") })
    }

    @Test("sort by kernel, then by layout")
    func order() throws {
        let cells = try [cell("5.10.1-1"), cell("5.9.1-1", layout: .legacy), cell("5.9.1-1")].sorted()
        #expect(
            cells.map(\.id.text) == [
                "micro/5.9.1-1/cloud-amd64/unified", "micro/5.9.1-1/cloud-amd64/legacy", "micro/5.10.1-1/cloud-amd64/unified",
            ])
    }

    @Test("take layouts by name", arguments: CgroupLayout.allCases)
    func layouts(layout: CgroupLayout) throws {
        #expect(try CgroupLayout.parse(layout.rawValue) == [layout])
        #expect(try CgroupLayout.parse("all") == CgroupLayout.allCases)
        #expect(throws: SelectorError.self) { _ = try CgroupLayout.parse(layout.rawValue.uppercased()) }
    }

    @Test("of deployments and boot profiles are names or all")
    func names() throws {
        #expect(try Deployment.parse("all") == Deployment.allCases)
        #expect(try Deployment.parse("installed-unasked") == [.installedUnasked])
        #expect(try BootProfile.parse("all", on: .arm64) == BootProfile.allCases)
        // A processor that nothing emulates is not part of all, and can be asked for.
        #expect(try BootProfile.parse("all", on: .x86_64) == BootProfile.allCases.filter { $0.processorFeature == nil })
        #expect(try BootProfile.parse("memory-tagging", on: .x86_64) == [.memoryTagging])
        #expect(try BootProfile.parse("jit-harden", on: .x86_64) == [.jitHarden])
        let deployment = try #require(throws: SelectorError.self) { _ = try Deployment.parse("gone") }
        #expect(deployment.description.contains("'gone'") && deployment.description.contains("missing-unasked"))
        let profile = try #require(throws: SelectorError.self) { _ = try BootProfile.parse("hard", on: .x86_64) }
        #expect(profile.description.contains("'hard'") && profile.description.contains("lockdown-integrity"))
    }
}
