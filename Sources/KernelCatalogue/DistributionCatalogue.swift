import Foundation
public import MatrixModel
import StrictYAML
public import SystemPackage

/// The distributions of `images/catalogue.yml`, in its order.
public struct DistributionCatalogue: Sendable {
    public let distributions: [Distribution]
    /// Where upstream says something about support.
    public let sources: [ClaimSource]
    /// The keys whose signatures count.
    public let keys: [SigningKey]

    /// - Throws: `YAMLError` with the line of what is wrong.
    public init(parsing text: String, source: String) throws {
        let root = try YAMLNode(parsing: text, source: source)
        try root.allow("sources", "keys", "distributions")
        guard let entries = root["distributions"] else { throw root.error("'distributions' is missing") }
        let sources = try root.table("sources") { try ClaimSource(name: $0, $1) }
        let keys = try root.table("keys") { try SigningKey(name: $0, $1) }
        let sourcesByName = Dictionary(uniqueKeysWithValues: sources.map { ($0.name, $0) })
        let keysByName = Dictionary(uniqueKeysWithValues: keys.map { ($0.name, $0) })
        distributions = try entries.keys.compactMap { name in
            try entries[name].map { try Distribution(name: name, $0, sources: sourcesByName, keys: keysByName) }
        }
        self.sources = sources
        self.keys = keys
    }

    public init(file: FilePath) throws {
        guard let bytes = FileManager.default.contents(atPath: file.string) else {
            throw YAMLError(source: file.string, line: nil, reason: "the catalogue of distributions cannot be read; run ci/build")
        }
        try self.init(parsing: String(decoding: bytes, as: UTF8.self), source: file.string)
    }

    private init() { (distributions, sources, keys) = ([], [], []) }

    /// Debian's archive needs no entry.
    public static let none = DistributionCatalogue()

    /// What the makers of packages are called for mirrors and keyrings, Debian left out.
    public var vendorNames: [String] { Set(distributions.compactMap { $0.repository.vendor?.name }).sorted() }

    /// The vendors whose packages or images a key signs.
    public func vendors(of key: SigningKey) -> [String] {
        var vendors: [String] = []
        for distribution in distributions {
            guard let vendor = distribution.repository.vendor, !vendors.contains(vendor.name) else { continue }
            if vendor.keys.contains(key) || distribution.image.published?.keys.contains(key) == true { vendors.append(vendor.name) }
        }
        return vendors
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
    fileprivate init(name: String, _ node: YAMLNode, sources: [String: ClaimSource], keys: [String: SigningKey]) throws {
        try node.allow("title", "repository", "kernel", "systemd", "cloud-init", "cgroup", "claims", "packages", "image")
        guard name.allSatisfy({ $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-" || $0 == ".") }) else {
            throw node.error("'\(name)' must be made of small letters, digits, '-' and '.'")
        }
        guard let repository = node["repository"], let kernel = node["kernel"] else {
            throw node.error("'repository' and 'kernel' must be there")
        }
        self.name = name
        title = try node.required("title")
        self.repository = try DistributionRepository(repository, keys: keys)
        self.kernel = try Kernel(kernel)
        systemd = try node.text("systemd")
        cloudInit = try node.text("cloud-init")
        cgroup = try node.choice("cgroup")
        claims = try node.list("claims").map { try DistributionClaim($0, sources: sources) }
        packages = try node.texts("packages")
        image = try node["image"].map { try ImageOffer($0, keys: keys) } ?? .none(reason: "the catalogue names none")
        guard packages.allSatisfy({ $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) } }) else {
            throw (node["packages"] ?? node).error("'packages' must be names of packages")
        }
    }
}

extension Distribution.Kernel {
    fileprivate init(_ node: YAMLNode) throws {
        try node.allow("flavour", "series", "offers", "packages", "uname")
        do {
            flavour = try KernelFlavour(parsing: node.required("flavour"))
            series = try node.text("series").map { try KernelSeries(parsing: $0) }
            // A series alone stands for all of it.
            offers = try node.texts("offers").map { try KernelRange(parsing: $0.first?.isNumber == true ? "=\($0)" : $0) }
        } catch let error as SelectorError {
            throw node.error("\(error)")
        }
        var packages: [String: [[String]]] = [:]
        for flavour in node["packages"]?.keys ?? [] { packages[flavour] = try node["packages"]?.alternatives(flavour) }
        self.packages = packages
        uname = try node.choice("uname") ?? .fedora
    }
}

extension YAMLNode {
    /// The entries of a mapping, in their order.
    fileprivate func table<Value>(_ key: String, _ make: (String, YAMLNode) throws -> Value) throws -> [Value] {
        guard let table = self[key] else { return [] }
        return try table.keys.compactMap { name in try table[name].map { try make(name, $0) } }
    }

    /// A list of texts, or a list of such lists.
    fileprivate func alternatives(_ key: String) throws -> [[String]] {
        let items = try list(key)
        if items.allSatisfy({ $0.string != nil }) { return [try texts(key)] }
        return try items.map { item in
            guard let names = item.texts else { throw item.error("this must be a list of names of packages") }
            return names
        }
    }
}
