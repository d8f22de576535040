import ArgumentParser
import ArtefactCache
import KernelCatalogue
import SystemPackage

extension KernelOptions {
    /// What the catalogue is told by the command line; the rest it finds out by itself.
    func settings(cache: ArtefactCache) throws -> CatalogueSettings {
        let distributions = try DistributionCatalogue.besideProgram()
        let vendors = distributions.vendorNames
        return CatalogueSettings(
            cache: cache, distributions: distributions, mirrors: try Self.pairs(mirror, "--mirror", known: ["debian", "debian-security"] + vendors),
            offline: offline, strictFreshness: strictFreshness, allowExpired: allowExpired,
            vendorKeyrings: try Self.pairs(keyring, "--keyring", known: vendors).mapValues { FilePath($0) })
    }

    /// `name=value`, each name one of those there are.
    private static func pairs(_ texts: [String], _ option: String, known: [String]) throws -> [String: String] {
        var pairs: [String: String] = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, known.contains(parts[0]) else {
                throw ValidationError("\(option) '\(text)': there is no such repository; there are: \(known.joined(separator: ", "))")
            }
            pairs[parts[0]] = parts[1]
        }
        return pairs
    }
}
