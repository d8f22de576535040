import ArgumentParser
import ArtefactCache
import Foundation
import KernelCatalogue

/// Where kernels come from.
struct KernelOptions: ParsableArguments {
    @Option(help: ArgumentHelp(
        "A repository's address: debian=URL, or debian-security=URL. May be repeated.",
        discussion: "Without it: KMATRIX_DEBIAN_MIRROR, then the configuration file, then this machine's own apt sources.", valueName: "name=url"))
    var mirror: [String] = []

    @Flag(help: "Use only what is in the cache; never touch the network.")
    var offline = false

    @Flag(help: "Refuse repository indices past their Valid-Until date (without it: up to 60 days late, with a warning).")
    var strictFreshness = false

    @Flag(help: "Accept repository indices however old.")
    var allowExpired = false

    func validate() throws {
        if strictFreshness && allowExpired { throw ValidationError("--strict-freshness and --allow-expired contradict each other") }
        _ = try mirrors()
    }

    func mirrors() throws -> [String: String] {
        var found: [String: String] = [:]
        for text in mirror {
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, ["debian", "debian-security"].contains(parts[0]), parts[1].contains("://") else {
                throw ValidationError("--mirror '\(text)': write debian=URL or debian-security=URL, with an http or https address")
            }
            found[String(parts[0])] = String(parts[1])
        }
        return found
    }
}
