import MatrixModel
import Testing

@Suite("Architectures of cells")
struct CellArchitectureTests {
    private func cell(_ architecture: Architecture, _ flavour: String, _ layout: CgroupLayout = .unified, agent: String? = nil) throws -> Cell {
        let kernel = KernelIdentity(
            version: try KernelVersion(parsing: "6.1.192-2"), flavour: try KernelFlavour(parsing: flavour), release: "", origin: "debian/bookworm")
        return Cell(kernel: kernel, architecture: architecture, cgroup: layout, agent: agent)
    }

    @Test("the first one is in no id, so that the ids of earlier runs stay what they are")
    func ids() throws {
        #expect(try cell(.x86_64, "cloud-amd64", agent: "own").id.text == "micro/6.1.192-2/cloud-amd64/unified/agent=own")
        #expect(try cell(.arm64, "cloud-arm64", agent: "own").id.text == "micro/6.1.192-2/cloud-arm64/unified/arch=arm64/agent=own")
        let selector = try KernelSelector(parsing: "5.15")
        #expect(AskedCell(selector, CellAxes(cgroup: .legacy)).id.text == "micro/5.15/cloud-amd64/legacy")
        #expect(AskedCell(selector, CellAxes(architecture: .arm64, cgroup: .legacy)).id.text == "micro/5.15/cloud-arm64/legacy/arch=arm64")
    }

    @Test("one kernel of several architectures stands together in a table")
    func order() throws {
        let cells = try [
            cell(.arm64, "cloud-arm64"), cell(.x86_64, "cloud-amd64", .legacy), cell(.arm64, "cloud-arm64", .legacy), cell(.x86_64, "cloud-amd64"),
        ]
        #expect(cells.sorted().map(\.architecture) == [.x86_64, .x86_64, .arm64, .arm64])
    }

    @Test(
        "are read by the name that any program has for them",
        arguments: [
            ("x86_64", [Architecture.x86_64]), ("amd64", [.x86_64]), ("x86-64", [.x86_64]), ("arm64", [.arm64]), ("aarch64", [.arm64]),
            ("all", [.x86_64, .arm64]),
        ])
    func names(text: String, found: [Architecture]) throws {
        #expect(try Architecture.parse(text) == found)
    }

    @Test("an unknown one is refused with those that are known", arguments: ["riscv64", "", "ARM64", "arm", "x86"])
    func unknown(text: String) throws {
        let error = try #require(throws: SelectorError.self) { try Architecture.parse(text) }
        #expect(error.code == .unknownArchitecture)
        #expect(error.description == "unknown architecture '\(text)'; known are x86_64, arm64 and all")
    }

    @Test("no two share a name")
    func distinct() {
        let names = Architecture.allCases.flatMap { Set([$0.rawValue, $0.machine, $0.debianName, $0.title]).sorted() }
        #expect(Set(names).count == names.count)
        #expect(Set(Architecture.allCases.map(\.elfMachine)).count == Architecture.allCases.count)
    }
}
