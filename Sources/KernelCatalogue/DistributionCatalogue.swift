import Foundation
public import MatrixModel
import StrictYAML
public import SystemPackage

/// The distributions of `images/catalogue.yml` for one architecture, in the file's order.
///
/// In the file, `$debarch` and `$basearch` are placeholders for Debian's and rpm's name of the architecture.
public struct DistributionCatalogue: Sendable {
    public let distributions: [Distribution]
    /// The sources of upstream's claims about support.
    public let sources: [ClaimSource]
    /// The keys whose signatures are trusted.
    public let keys: [SigningKey]
    public let architecture: Architecture
    /// Distributions that exist only for other architectures, by name.
    private let elsewhere: [String: [Architecture]]
    private let origin: (text: String, source: String)?

    /// - Throws: `YAMLError` with the line.
    public init(parsing text: String, source: String, architecture: Architecture = .host) throws {
        let names = text.replacing("$debarch", with: architecture.debianName).replacing("$basearch", with: architecture.machine)
        let root = try YAMLNode(parsing: names, source: source)
        try root.allow("sources", "keys", "distributions")
        guard let entries = root["distributions"] else { throw root.error("'distributions' is missing") }
        let sources = try root.table("sources") { try ClaimSource(name: $0, $1) }
        let keys = try root.table("keys") { try SigningKey(name: $0, $1) }
        let sourcesByName = Dictionary(uniqueKeysWithValues: sources.map { ($0.name, $0) })
        let keysByName = Dictionary(uniqueKeysWithValues: keys.map { ($0.name, $0) })
        var elsewhere: [String: [Architecture]] = [:]
        distributions = try entries.keys.compactMap { name in
            guard let entry = entries[name] else { return nil }
            let architectures = try entry.architectures
            let distribution = try Distribution(name: name, entry, architecture, sources: sourcesByName, keys: keysByName)
            guard architectures.contains(architecture) else {
                elsewhere[name] = architectures
                return nil
            }
            return distribution
        }
        (self.elsewhere, self.architecture, origin) = (elsewhere, architecture, (text, source))
        self.sources = sources
        self.keys = keys
    }

    public init(file: FilePath, architecture: Architecture = .host) throws {
        guard let bytes = FileManager.default.contents(atPath: file.string) else {
            throw YAMLError(source: file.string, line: nil, reason: "the catalogue of distributions cannot be read; run ci/build")
        }
        try self.init(parsing: String(decoding: bytes, as: UTF8.self), source: file.string, architecture: architecture)
    }

    private init() { (distributions, sources, keys, architecture, elsewhere, origin) = ([], [], [], .host, [:], nil) }

    /// The same file read for another architecture.
    /// - Throws: `YAMLError`.
    public func of(_ architecture: Architecture) throws -> DistributionCatalogue {
        guard architecture != self.architecture, let origin else { return self }
        return try DistributionCatalogue(parsing: origin.text, source: origin.source, architecture: architecture)
    }

    /// An empty catalogue. Debian's archive needs no entry.
    public static let none = DistributionCatalogue()

    /// The vendors' names in `--mirror` and keyring settings, without Debian.
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

    /// The distributions that a name or a glob such as `debian-*` matches; `all` are all.
    /// - Throws: `SelectorError` with `unknownDistribution` or `otherArchitecture`.
    public func select(_ text: String) throws(SelectorError) -> [Distribution] {
        let chosen = text == "all" ? distributions : distributions.filter { fnmatch(text, $0.name, 0) == 0 }
        guard !chosen.isEmpty else {
            let others = elsewhere.filter { fnmatch(text, $0.key, 0) == 0 }.flatMap(\.value)
            if !others.isEmpty { throw SelectorError(.otherArchitecture, text: text, known: [architecture.title] + Set(others).sorted().map(\.rawValue)) }
            throw SelectorError(.unknownDistribution, text: text, known: distributions.map(\.name))
        }
        return chosen
    }
}

extension Distribution {
    fileprivate init(name: String, _ node: YAMLNode, _ architecture: Architecture, sources: [String: ClaimSource], keys: [String: SigningKey]) throws {
        try node.allow("title", "repository", "kernel", "systemd", "cloud-init", "cgroup", "claims", "packages", "image", "architectures")
        guard name.allSatisfy({ $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-" || $0 == ".") }) else {
            throw node.error("'\(name)' must be made of small letters, digits, '-' and '.'")
        }
        guard let repository = node["repository"], let kernel = node["kernel"] else {
            throw node.error("'repository' and 'kernel' must be there")
        }
        self.name = name
        self.architecture = architecture
        title = try node.required("title")
        self.repository = try DistributionRepository(repository, architecture, keys: keys)
        self.kernel = try Kernel(kernel)
        systemd = try node.text("systemd")
        cloudInit = try node.text("cloud-init")
        cgroup = try node.choice("cgroup")
        claims = try node.list("claims").filter { try $0.architectures.contains(architecture) }.map { try DistributionClaim($0, sources: sources) }
        packages = try node.texts("packages")
        image = try node["image"].map { try ImageOffer($0, architecture, keys: keys) } ?? .none(reason: "the catalogue names none")
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
            // A series alone means all of its versions.
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
    /// The architectures of an entry; all if it names none.
    var architectures: [Architecture] {
        get throws {
            let names = try texts("architectures")
            guard !names.isEmpty else { return Architecture.allCases }
            do { return try names.flatMap { try Architecture.parse($0) } } catch { throw (self["architectures"] ?? self).error("\(error)") }
        }
    }

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
