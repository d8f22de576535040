public import GuestImages
public import FabricSimulator
import Foundation
public import MatrixModel
public import SystemPackage

/// Finds the products of `ci/build`: the agent, the guest runner and network, and the BPF objects.
public struct Products: Sendable {
    public let folder: FilePath
    /// The architecture of the agent, the runner and the programs.
    public let architecture: Architecture
    /// Their folder: the products' own for this machine's architecture, a folder inside it for another.
    private let guests: FilePath

    /// - Throws: `ProductError` with `missing` when one of them is not there.
    public init(folder: FilePath) throws {
        (self.folder, architecture, guests) = (folder, .host, folder)
        for path in [agent, runner, network, nativeProgram] where !FileManager.default.isReadableFile(atPath: path.string) {
            throw ProductError(.missing, subject: path.string)
        }
    }

    private init(_ products: Products, guests: FilePath, _ architecture: Architecture) throws {
        (folder, self.architecture, self.guests) = (products.folder, architecture, guests)
        for path in [agent, runner, nativeProgram] where !FileManager.default.isReadableFile(atPath: path.string) {
            throw ProductError(.missingForArchitecture, subject: path.string, detail: architecture.rawValue)
        }
    }

    /// The same products, with the agent, runner and programs for an architecture.
    /// - Throws: `ProductError` with `missingForArchitecture`.
    public func of(_ architecture: Architecture) throws -> Products {
        guard architecture != self.architecture else { return self }
        return try Products(self, guests: architecture == .host ? folder : folder.appending(architecture.rawValue), architecture)
    }

    /// The folder the running program lies in.
    public static func beside() -> FilePath {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments.first ?? ""
        return FilePath(own).removingLastComponent()
    }

    public var agent: FilePath { guests.appending("azure-proxy-agent") }
    public var runner: FilePath { guests.appending("guest-runner") }
    public var network: FilePath { folder.appending("guest-network") }
    /// The package of the project's own agent for Debian.
    public var agentPackage: FilePath { guests.appending("packages/azure-proxy-agent.deb") }
    /// The catalogue of distributions.
    public var catalogue: FilePath { folder.appending(Self.catalogueName) }
    public static let catalogueName = "catalogue.yml"
    private var kernelConfigurations: FilePath { folder.appending("kernels") }

    /// The configuration files of a kernel that is built from source; later files override earlier ones.
    /// - Parameter name: The name of a variant; nil for the standard.
    /// - Throws: `ProductError` with `unknownConfiguration`, which lists the variants.
    func kernelConfiguration(_ name: String?) throws -> [FilePath] {
        let standard = kernelConfigurations.appending("small.config")
        guard let name else { return [standard] }
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: kernelConfigurations.string)) ?? []).filter { $0.hasSuffix(".config") }.map {
            String($0.dropLast(".config".count))
        }
        guard names.contains(name) else { throw ProductError(.unknownConfiguration, subject: name, detail: names.sorted().joined(separator: ", ")) }
        return [standard, kernelConfigurations.appending("\(name).config")]
    }
    public var nativeProgram: FilePath { guests.appending("bpf/connect4.bpf.o") }

    /// Finds a program by a variant's name or by the path of an object file.
    /// - Throws: `ProductError` with `unknownProgram`, which lists the variants.
    public func program(_ text: String) throws -> ProgramVariant {
        let manager = FileManager.default
        if text.contains("/") || text.hasSuffix(".o") {
            guard let head = manager.contents(atPath: text)?.prefix(4), head.elementsEqual([0x7F, 0x45, 0x4C, 0x46]) else {
                throw ProductError(.notABPFObject, subject: text)
            }
            let absolute = FilePath(manager.currentDirectoryPath).pushing(FilePath(text)).lexicallyNormalized()
            let name = absolute.lastComponent?.string ?? text
            return ProgramVariant(name: name.hasSuffix(".bpf.o") ? String(name.dropLast(".bpf.o".count)) : name, object: absolute)
        }
        if text == "connect4" { return ProgramVariant(name: text, object: nativeProgram) }
        guard variantNames.contains(text) else {
            throw ProductError(.unknownProgram, subject: text, detail: (["connect4"] + variantNames).joined(separator: ", "))
        }
        return ProgramVariant(name: text, object: guests.appending("bpf").appending("\(text).bpf.o"))
    }

    /// The known agent profiles.
    /// - Throws: `YAMLError`, `AgentProfileError`.
    func agentProfiles() throws -> AgentProfiles { try AgentProfiles(folder: folder.appending("agents")) }

    /// Finds an agent's profile by its name or by the path of a file.
    /// - Throws: `YAMLError`, `AgentProfileError`.
    public func agentProfile(_ text: String) throws -> AgentProfile {
        guard text.contains("/") || text.hasSuffix(".yml") || text.hasSuffix(".yaml") else { return try agentProfiles().named(text) }
        return try AgentProfiles.read(FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(text)).lexicallyNormalized())
    }

    /// The scenario of cells for which no other is requested.
    public func standardScenario() throws -> Scenario { try scenario(at: scenarioFolder.appending("normal.yml")) }

    /// Finds scenarios by name, by the path of a file, or `all` that were built.
    /// - Throws: `ProductError` with `unknownScenario`, which lists the scenarios; `YAMLError` for a file that is not a scenario.
    public func scenarios(_ text: String) throws -> [Scenario] {
        if text == "all" { return try scenarioNames.map { try scenario(at: scenarioFolder.appending("\($0).yml")) } }
        if text.contains("/") || text.hasSuffix(".yml") || text.hasSuffix(".yaml") {
            return [try scenario(at: FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(text)).lexicallyNormalized())]
        }
        guard scenarioNames.contains(text) else {
            throw ProductError(.unknownScenario, subject: text, detail: scenarioNames.joined(separator: ", "))
        }
        return [try scenario(at: scenarioFolder.appending("\(text).yml"))]
    }

    public var scenarioNames: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: scenarioFolder.string)) ?? []
        return files.filter { $0.hasSuffix(".yml") }.map { String($0.dropLast(".yml".count)) }.sorted()
    }

    /// A scenario of the conformance suite.
    package func conformanceScenario(_ name: String) throws -> Scenario { try scenario(at: folder.appending("conformance/\(name).yml")) }

    private var scenarioFolder: FilePath { folder.appending("scenarios") }

    private func scenario(at path: FilePath) throws -> Scenario {
        guard let bytes = FileManager.default.contents(atPath: path.string) else { throw ProductError(.scenarioUnreadable, subject: path.string) }
        return try Scenario(parsing: String(decoding: bytes, as: UTF8.self), source: path.string)
    }

    /// The names of the program variants that were built.
    public var variantNames: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: guests.appending("bpf").string)) ?? []
        return files.filter { $0.hasSuffix(".bpf.o") }.map { String($0.dropLast(".bpf.o".count)) }.filter { $0 != "connect4" }.sorted()
    }
}
