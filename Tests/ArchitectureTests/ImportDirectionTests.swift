import Foundation
import TestSupport
import Testing

/// SwiftPM compiles an import of an undeclared sibling and exits 0, so building proves nothing about the arrows between targets.
@Suite("Imports point one way")
struct ImportDirectionTests {
    /// What each target may import of this package. A target that is not listed fails.
    static let allowed: [String: Set<String>] = [
        "MatrixModel": [],
        "JSON": [],
        "GuestProtocol": ["CZlib", "MatrixModel"],
        "Guidance": ["MatrixModel"],
        "CDiskSync": [],
        "CCrypto": [],
        "Digests": ["CCrypto"],
        "HostTools": ["CHostSystem", "Digests"],
        "ArtefactCache": ["CDiskSync", "Digests"],
        "StrictYAML": [],
        "KernelCatalogue": ["MatrixModel", "ArtefactCache", "StrictYAML", "Archives", "Digests", "HostTools"],
        "ELFFiles": [],
        "CZlib": [],
        "Archives": ["CZlib"],
        "GuestImages": ["MatrixModel", "GuestProtocol", "ArtefactCache", "Archives", "ELFFiles", "StrictYAML", "Digests", "HostTools"],
        "DiskImages": ["MatrixModel", "GuestProtocol", "ArtefactCache", "Archives", "Digests", "HostTools"],
        "Diagnosis": ["MatrixModel", "ELFFiles", "Guidance", "Judgement"],
        "SupportBundles": ["Archives", "Diagnosis", "HostTools"],
        "Judgement": ["MatrixModel", "GuestProtocol"],
        "Probes": ["MatrixModel", "GuestProtocol", "Guidance", "Judgement"],
        "EvidenceStore": ["MatrixModel", "Digests"],
        "RunHistory": ["MatrixModel", "EvidenceStore"],
        "CHostSystem": [],
        "QEMUGuest": ["MatrixModel", "GuestProtocol", "ArtefactCache", "GuestImages", "HostTools", "CHostSystem"],
        "FabricSimulator": ["MatrixModel", "StrictYAML", "Digests"],
        "MatrixPlanning": ["MatrixModel", "ArtefactCache", "KernelCatalogue", "GuestImages", "DiskImages", "EvidenceStore", "FabricSimulator"],
        "MatrixRunner": [
            "MatrixModel", "GuestProtocol", "ArtefactCache", "KernelCatalogue", "GuestImages", "Judgement", "Probes", "EvidenceStore", "MatrixPlanning",
            "QEMUGuest", "FabricSimulator", "DiskImages", "HostTools",
        ],
        "CSiteFiles": [],
        "MatrixReport": ["CSiteFiles", "MatrixModel", "EvidenceStore", "Guidance"],
        "KmatrixCommands": [
            "MatrixModel", "ArtefactCache", "KernelCatalogue", "EvidenceStore", "QEMUGuest", "Probes", "MatrixPlanning", "MatrixRunner",
            "MatrixReport", "RunHistory", "StrictYAML", "Guidance", "Diagnosis", "SupportBundles",
        ],
        "kmatrix": ["KmatrixCommands"],
        "CLibBPF": [],
        "AgentCore": ["CLibBPF", "CAgentABI", "Digests", "JSON"],
        "azure-proxy-agent": ["AgentCore"],
        "mutant-agent": ["AgentCore", "JSON"],
        "CGuestSystem": [],
        "GuestRunner": ["MatrixModel", "GuestProtocol", "JSON", "CGuestSystem"],
        "guest-runner": ["GuestRunner"],
        "CSlirp": [],
        "guest-network": ["CSlirp"],
        "TestSupport": ["MatrixModel", "FabricSimulator", "KernelCatalogue", "MatrixPlanning"],
        "fake-qemu": ["MatrixModel", "GuestProtocol"],
    ]

    /// What must run inside a guest, or means the same everywhere, carries no Foundation.
    static let withoutFoundation: Set<String> = [
        "MatrixModel", "JSON", "GuestProtocol", "Guidance", "Digests", "Archives", "ELFFiles", "Diagnosis", "AgentCore", "azure-proxy-agent", "mutant-agent",
        "GuestRunner", "guest-runner", "guest-network",
    ]

    /// Each heavy dependency enters where it is needed and nowhere else.
    static let externalAllowed: [String: Set<String>] = [
        "ArgumentParser": ["KmatrixCommands", "kmatrix"],
        "Yams": ["StrictYAML"],
        "GRDB": ["RunHistory"],
        "NIOHTTP1": ["FabricSimulator", "AgentCore", "TestSupport"],
        // Programs of the host are launched in one place. QEMUGuest's emulator and network are no tools that answer: they live as long as
        // their guest, take descriptors, and die with the harness (HostProcess.swift).
        "Subprocess": ["HostTools", "QEMUGuest", "TestSupport"],
    ]

    static func imports() throws -> [(target: String, file: String, module: String)] {
        try Repository.files(in: "Sources", endings: [".swift"]).flatMap { file in
            let target = String(file.path.split(separator: "/")[1])
            return file.text.split(separator: "\n").compactMap { line in importedModule(of: line).map { (target, file.path, $0) } }
        }
    }

    /// The module a line imports; nil for a line that imports none.
    static func importedModule(of line: some StringProtocol) -> String? {
        let words = String(line).split(separator: " " as Character)
        guard let position = words.firstIndex(of: "import"), position + 1 < words.count,
            words[..<position].allSatisfy({ ["public", "package", "internal", "fileprivate", "private"].contains($0) || $0.hasPrefix("@") })
        else { return nil }
        // `import struct Module.Name` names a kind first.
        let kinds = ["struct", "class", "enum", "func", "protocol", "typealias", "var", "let", "actor"]
        let name = kinds.contains(String(words[position + 1])) && position + 2 < words.count ? words[position + 2] : words[position + 1]
        return name.split(separator: ".").first.map(String.init)
    }

    @Test("every import of a sibling is one its target's row allows")
    func siblings() throws {
        let found = try Self.imports()
        #expect(found.count > 100, "the scan must have seen the sources")
        for (target, file, module) in found where Self.allowed[module] != nil || module == "CAgentABI" {
            let row = try #require(Self.allowed[target], "target \(target) has no row")
            #expect(row.contains(module), "\(file) imports \(module)")
        }
    }

    @Test("what runs in a guest carries no Foundation")
    func foundation() throws {
        for (target, file, module) in try Self.imports() where Self.withoutFoundation.contains(target) {
            #expect(!module.hasPrefix("Foundation"), "\(file) imports \(module)")
        }
    }

    @Test("each heavy dependency stays in its targets")
    func externals() throws {
        for (target, file, module) in try Self.imports() {
            guard let targets = Self.externalAllowed[module] else { continue }
            #expect(targets.contains(target), "\(file) imports \(module)")
        }
    }

    @Test("programs of the host are launched by HostTools and nothing else")
    func launching() throws {
        // Put together here so that this file passes its own test; the guest's programs launch through CGuestSystem.
        let words = ["Process" + "()", "posix_" + "spawn", "popen" + "(", "NSTask" + "("]
        for file in try Repository.files(in: "Sources", endings: [".swift"]) where !file.path.hasPrefix("Sources/TestSupport/") {
            for word in words { #expect(!Self.uses(word, in: file.text), "\(file.path) uses \(word)") }
        }
        #expect(Self.uses("Process" + "()", in: "let process = Process" + "()"))
        #expect(!Self.uses("Process" + "()", in: "InitProcess" + "().run()"))
    }

    /// Whether a text has a word that does not end a longer one.
    private static func uses(_ word: String, in text: String) -> Bool {
        text.ranges(of: word).contains { range in
            range.lowerBound == text.startIndex || !text[text.index(before: range.lowerBound)].isLetter
        }
    }

    @Test(
        "an import is seen however it is written",
        arguments: [
            "import MatrixRunner", "public import MatrixRunner", "@preconcurrency import MatrixRunner", "@testable internal import MatrixRunner",
            "import struct MatrixRunner.Products", "  import MatrixRunner",
        ])
    func detection(line: String) {
        #expect(Self.importedModule(of: line) == "MatrixRunner")
    }

    @Test("what is no import is not taken for one", arguments: ["// import MatrixRunner", "let import = 1", "importMatrixRunner"])
    func noImport(line: String) {
        #expect(Self.importedModule(of: line) == nil)
    }
}
