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

    private init() { distributions = [] }

    /// Debian's archive needs no entry.
    public static let none = DistributionCatalogue()

    /// What the makers of packages are called for mirrors and keyrings, Debian left out.
    public var vendorNames: [String] { Set(distributions.compactMap { $0.repository.vendor?.name }).sorted() }

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
        try node.allow("title", "repository", "kernel", "systemd", "cloud-init", "claim", "packages", "image")
        guard name.allSatisfy({ $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-" || $0 == ".") }) else {
            throw node.error("'\(name)' must be made of small letters, digits, '-' and '.'")
        }
        guard let repository = node["repository"], let kernel = node["kernel"], let claim = node["claim"] else {
            throw node.error("'repository', 'kernel' and 'claim' must be there")
        }
        self.name = name
        title = try node.required("title")
        self.repository = try DistributionRepository(repository)
        self.kernel = try Kernel(kernel)
        systemd = try node.text("systemd")
        cloudInit = try node.text("cloud-init")
        try claim.allow("support", "source")
        guard let support: Claim.Support = try claim.choice("support") else { throw claim.error("'support' is missing") }
        self.claim = Claim(support: support, source: try claim.required("source"))
        packages = try node.texts("packages")
        image = try node["image"].map { try DistributionImage($0) }
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
        var packages: [String: [String]] = [:]
        for flavour in node["packages"]?.keys ?? [] { packages[flavour] = try node["packages"]?.texts(flavour) }
        self.packages = packages
        uname = try node.choice("uname") ?? .fedora
    }
}
