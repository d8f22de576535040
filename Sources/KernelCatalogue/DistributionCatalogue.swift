import Foundation
public import MatrixModel
import StrictYAML
public import SystemPackage

/// The distributions of `images/catalogue.yml`, in its order.
public struct DistributionCatalogue: Sendable {
    public let distributions: [Distribution]

    /// - Throws: `YAMLError` with the line of what is wrong.
    public init(parsing text: String, source: String) throws {
        let root = try YAMLNode(parsing: text, source: source)
        try root.allow("distributions")
        guard let entries = root["distributions"] else { throw root.error("'distributions' is missing") }
        distributions = try entries.keys.compactMap { name in try entries[name].map { try Distribution(name: name, $0) } }
    }

    public init(file: FilePath) throws {
        guard let bytes = FileManager.default.contents(atPath: file.string) else {
            throw YAMLError(source: file.string, line: nil, reason: "the catalogue of distributions cannot be read; run ci/build")
        }
        try self.init(parsing: String(decoding: bytes, as: UTF8.self), source: file.string)
    }

    /// The distributions a name or a glob such as `debian-*` stands for; `all` are all.
    /// - Throws: `SelectorError` with `unknownDistribution`.
    public func select(_ text: String) throws(SelectorError) -> [Distribution] {
        let chosen = text == "all" ? distributions : distributions.filter { fnmatch(text, $0.name, 0) == 0 }
        guard !chosen.isEmpty else {
            throw SelectorError(.unknownDistribution, text: text, known: distributions.map(\.name))
        }
        return chosen
    }
}

extension Distribution {
    fileprivate init(name: String, _ node: YAMLNode) throws {
        try node.allow("title", "repository", "kernel", "systemd", "cloud-init", "claim", "packages")
        guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") }) else {
            throw node.error("'\(name)' must be made of letters, digits, '-' and '.'")
        }
        func required(_ key: String, in node: YAMLNode) throws -> String {
            guard let text = try node.text(key), !text.isEmpty else { throw node.error("'\(key)' is missing") }
            return text
        }
        guard let repository = node["repository"], let kernel = node["kernel"], let claim = node["claim"] else {
            throw node.error("'repository', 'kernel' and 'claim' must be there")
        }
        try kernel.allow("flavour", "series")
        try repository.allow("kind", "suite", "further", "kernels")
        guard try required("kind", in: repository) == "debian" else { throw repository.error("'kind' must be debian") }
        func names(_ key: String, in node: YAMLNode) throws -> [String] {
            try node.list(key).map { item in
                guard let text = item.string, !text.isEmpty else { throw item.error("this must be text") }
                return text
            }
        }
        self.name = name
        title = try required("title", in: node)
        suites = try ([required("suite", in: repository)] + names("further", in: repository)).map {
            DebianSuite(name: $0, archive: $0.hasSuffix("-security") ? .security : .main)
        }
        kernelSuites = try names("kernels", in: repository)
        do {
            flavour = try KernelFlavour(parsing: required("flavour", in: kernel))
            series = try kernel.text("series").map { try KernelSeries(parsing: $0) }
        } catch let error as SelectorError {
            throw kernel.error("\(error)")
        }
        systemd = try required("systemd", in: node)
        cloudInit = try required("cloud-init", in: node)
        try claim.allow("support", "source")
        guard let support: Claim.Support = try claim.choice("support") else { throw claim.error("'support' is missing") }
        self.claim = Claim(support: support, source: try required("source", in: claim))
        packages = try names("packages", in: node)
        guard packages.allSatisfy({ $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) } }) else {
            throw (node["packages"] ?? node).error("'packages' must be names of packages")
        }
    }
}
