import MatrixModel
import StrictYAML
import SystemPackage

extension DistributionRepository {
    private enum Kind: String, CaseIterable { case debian, apt, rpm, image }

    init(_ node: YAMLNode, _ architecture: Architecture, keys: [String: SigningKey]) throws {
        guard let kind: Kind = try node.choice("kind") else { throw node.error("'kind' is missing") }
        let common = ["kind", "name", "title", "addresses", "keys", "subscription"] + Architecture.allCases.map(Vendor.addressKey)
        switch kind {
        case .debian:
            try node.allow("kind", "suite", "further", "kernels")
            let suites = try ([node.required("suite")] + node.texts("further")).map {
                DebianSuite(name: $0, archive: $0.hasSuffix("-security") ? .security : .main)
            }
            self = .debian(suites: suites, kernelSuites: try node.texts("kernels"))
        case .apt:
            try node.allow(common + ["suites", "shape"])
            self = .apt(try Vendor(node, architecture, keys), suites: try node.suites(), shape: try node.choice("shape") ?? .general)
        case .rpm:
            try node.allow(common + ["folders", "signed"])
            guard let signed: SignedPart = try node.choice("signed") else { throw node.error("'signed' is missing") }
            self = .rpm(try Vendor(node, architecture, keys), folders: try node.folders(), signed: signed)
        case .image:
            try node.allow("kind", "name", "title", "keys")
            self = .image(
                Vendor(
                    name: try node.required("name"), title: try node.text("title") ?? node.required("name"), addresses: [], keys: try node.keys("keys", keys),
                    subscription: nil))
        }
    }
}

extension DistributionRepository.Vendor {
    /// The key for addresses of one architecture only.
    fileprivate static func addressKey(_ architecture: Architecture) -> String { "addresses-\(architecture.rawValue)" }

    fileprivate init(_ node: YAMLNode, _ architecture: Architecture, _ known: [String: SigningKey]) throws {
        name = try node.required("name")
        title = try node.text("title") ?? name
        let own = try node.texts(Self.addressKey(architecture))
        addresses = try own.isEmpty ? node.texts("addresses") : own
        guard !addresses.isEmpty, addresses.allSatisfy({ $0.hasPrefix("http://") || $0.hasPrefix("https://") }) else {
            throw (node["addresses"] ?? node).error("'addresses' must be a list of http or https addresses")
        }
        keys = try node.keys("keys", known)
        subscription = try node.text("subscription")
    }
}

extension YAMLNode {
    func required(_ key: String) throws -> String {
        guard let text = try text(key), !text.isEmpty else { throw error("'\(key)' is missing") }
        return text
    }

    func texts(_ key: String) throws -> [String] {
        try list(key).map { item in
            guard let text = item.string, !text.isEmpty else { throw item.error("this must be text") }
            return text
        }
    }

    /// Keys by their names in the catalogue.
    func keys(_ key: String, _ known: [String: SigningKey]) throws -> [SigningKey] {
        try texts(key).map { name in
            guard let found = known[name] else {
                throw (self[key] ?? self).error("there is no key '\(name)'; there are: \(known.keys.sorted().joined(separator: ", "))")
            }
            return found
        }
    }

    fileprivate func suites() throws -> [String] {
        let suites = try texts("suites")
        guard !suites.isEmpty, suites.allSatisfy(Self.isBelow) else { throw (self["suites"] ?? self).error("'suites' must be a list of names") }
        return suites
    }

    fileprivate func folders() throws -> [DistributionRepository.Folder] {
        guard let folders = self["folders"], !folders.keys.isEmpty else { throw error("'folders' must give names to paths below the address") }
        return try folders.keys.map { name in
            let path = try folders.required(name)
            guard Self.isBelow(path) else { throw folders.error("'\(path)' must be a path below the address") }
            return DistributionRepository.Folder(name: name, path: path)
        }
    }

    private static func isBelow(_ path: String) -> Bool { !path.hasPrefix("/") && !path.split(separator: "/").contains("..") }
}
