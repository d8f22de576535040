import ArgumentParser
import ArtefactCache
import KernelCatalogue
import SystemPackage

extension KernelOptions {
    /// The settings that the command line gives to the catalogue; the catalogue finds the others.
    func settings(cache: ArtefactCache) throws -> CatalogueSettings {
        let distributions = try DistributionCatalogue.besideProgram()
        let vendors = distributions.vendorNames
        return CatalogueSettings(
            cache: cache, distributions: distributions, mirrors: try Self.pairs(mirror, "--mirror", known: ["debian", "debian-security"] + vendors),
            offline: offline, strictFreshness: strictFreshness, allowExpired: allowExpired,
            vendorKeyrings: try Self.pairs(keyring, "--keyring", known: vendors).mapValues { FilePath($0) })
    }

    /// Parses `name=value` with a known name.
    private static func pairs(_ texts: [String], _ option: String, known: [String]) throws -> [String: String] {
        var pairs: [String: String] = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, known.contains(parts[0]) else {
                throw ValidationError("\(option) '\(text)': unknown repository; known are \(known.joined(separator: ", "))")
            }
            pairs[parts[0]] = parts[1]
        }
        return pairs
    }
}
