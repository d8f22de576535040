import Foundation
import TestSupport
import Testing

/// SwiftPM compiles a target that imports what it does not declare, or declares what it does not import.
@Suite("Declared dependencies are imported ones")
struct DeclaredDependencyTests {
    struct Target {
        let name: String
        let isTest: Bool
        let dependencies: Set<String>
    }

    /// Programs that a target starts or ships, and does not import: declaring them has them built.
    static let programs: Set<String> = ["azure-proxy-agent", "guest-runner", "guest-network", "fake-qemu", "kmatrix"]
    /// What comes with the toolchain.
    static let toolchain: Set<String> = [
        "Foundation", "FoundationEssentials", "FoundationNetworking", "FoundationXML", "Glibc", "Synchronization", "Testing", "Dispatch",
    ]

    /// The targets of a manifest that have Swift sources.
    static func targets(of manifest: String) -> [Target] {
        let products = Dictionary(
            manifest.matches(of: /let (\w+): Target\.Dependency = \.product\(name: "(\w+)"/).map { (String($0.1), String($0.2)) }
        ) { first, _ in first }
        let starts = manifest.matches(of: /\.(target|executableTarget|testTarget|systemLibrary)\(\s*name: "([^"]+)"/)
        return starts.indices.compactMap { index in
            let (kind, name) = (starts[index].1, String(starts[index].2))
            let end = index + 1 < starts.count ? starts[index + 1].range.lowerBound : manifest.endIndex
            // C has other settings, and no imports.
            let text = manifest[starts[index].range.upperBound..<end]
            guard text.contains("swiftSettings") else { return nil }
            let list = text.firstMatch(of: /dependencies: \[([^\]]*)\]/)?.1 ?? ""
            let names = list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }
            let dependencies = names.map { $0.hasPrefix("\"") ? $0.trimmingCharacters(in: ["\""]) : products[$0] ?? $0 }
            return Target(name: name, isTest: kind == "testTarget", dependencies: Set(dependencies))
        }
    }

    /// What is wrong with a target whose sources have these imports.
    static func offences(of target: Target, imports: Set<String>) -> [String] {
        // A module's name has no hyphen.
        let imports = Set(imports.subtracting(toolchain).map { name in target.dependencies.first { $0.replacing("-", with: "_") == name } ?? name })
        return target.dependencies.subtracting(imports).subtracting(programs).sorted().map { "\(target.name) declares \($0) and does not import it" }
            + imports.subtracting(target.dependencies).sorted().map { "\(target.name) imports \($0) and does not declare it" }
    }

    @Test("in every target")
    func package() throws {
        let manifest = try String(contentsOf: Repository.root.appending(path: "Package.swift"), encoding: .utf8)
        let targets = Self.targets(of: manifest)
        #expect(targets.count > 50 && targets.contains { $0.name == "KmatrixCommands" && $0.dependencies.contains("ArgumentParser") })
        for target in targets {
            let files = try Repository.files(in: "\(target.isTest ? "Tests" : "Sources")/\(target.name)", endings: [".swift"])
            #expect(!files.isEmpty, "\(target.name) has no source")
            // Text in tests may look like an import: it is indented.
            let imports = files.flatMap { $0.text.split(separator: "\n").filter { !$0.hasPrefix(" ") }.compactMap(ImportDirectionTests.importedModule) }
            for offence in Self.offences(of: target, imports: Set(imports)) { Issue.record("\(offence)") }
        }
    }

    @Test("every program that is built along is declared by a target")
    func builtAlong() throws {
        let targets = Self.targets(of: try String(contentsOf: Repository.root.appending(path: "Package.swift"), encoding: .utf8))
        for program in Self.programs { #expect(targets.contains { $0.dependencies.contains(program) }, "\(program)") }
    }

    @Test("one that is unused, and one that is used and not declared, are found")
    func detection() throws {
        let manifest = """
            let parser: Target.Dependency = .product(name: "Parser", package: "swift-parser")
                .target(name: "Model", swiftSettings: settings),
                .target(name: "CFiles"),
                .target(
                    name: "Runner", dependencies: ["Model", "Store", parser, "kmatrix"],
                    swiftSettings: settings),
                .testTarget(name: "RunnerTests", dependencies: ["Runner"], swiftSettings: settings),
            """
        let targets = Self.targets(of: manifest)
        #expect(targets.map(\.name) == ["Model", "Runner", "RunnerTests"] && targets.map(\.isTest) == [false, false, true])
        #expect(targets[1].dependencies == ["Model", "Store", "Parser", "kmatrix"])
        let offences = Self.offences(of: targets[1], imports: ["Model", "Parser", "Other", "Foundation"])
        #expect(offences == ["Runner declares Store and does not import it", "Runner imports Other and does not declare it"])
        #expect(Self.offences(of: targets[1], imports: ["Model", "Parser", "Store"]).isEmpty)
    }
}
