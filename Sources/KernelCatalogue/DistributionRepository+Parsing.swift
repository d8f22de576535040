import MatrixModel
import StrictYAML
import SystemPackage

extension DistributionRepository {
    private enum Kind: String, CaseIterable { case debian, apt, rpm }

    init(_ node: YAMLNode) throws {
        guard let kind: Kind = try node.choice("kind") else { throw node.error("'kind' is missing") }
        switch kind {
        case .debian:
            try node.allow("kind", "suite", "further", "kernels")
            let suites = try ([node.required("suite")] + node.texts("further")).map { DebianSuite(name: $0, archive: $0.hasSuffix("-security") ? .security : .main) }
            self = .debian(suites: suites, kernelSuites: try node.texts("kernels"))
        case .apt:
            try node.allow("kind", "name", "addresses", "suites", "keys", "keyrings")
            self = .apt(try Vendor(node), suites: try node.suites())
        case .rpm:
            try node.allow("kind", "name", "addresses", "folders", "signed", "keys", "keyrings")
            guard let signed: SignedPart = try node.choice("signed") else { throw node.error("'signed' is missing") }
            self = .rpm(try Vendor(node), folders: try node.folders(), signed: signed)
        }
    }
}

extension DistributionRepository.Vendor {
    fileprivate init(_ node: YAMLNode) throws {
        name = try node.required("name")
        addresses = try node.texts("addresses")
        guard !addresses.isEmpty, addresses.allSatisfy({ $0.hasPrefix("http://") || $0.hasPrefix("https://") }) else {
            throw (node["addresses"] ?? node).error("'addresses' must be a list of http or https addresses")
        }
        keys = try node.texts("keys").map { $0.filter { $0 != " " } }
        guard keys.allSatisfy({ [40, 64].contains($0.utf8.count) && $0.allSatisfy(\.isHexDigit) && $0 == $0.uppercased() }) else {
            throw (node["keys"] ?? node).error("'keys' must be whole fingerprints, in capitals")
        }
        keyrings = try node.texts("keyrings").map { FilePath($0) }
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
