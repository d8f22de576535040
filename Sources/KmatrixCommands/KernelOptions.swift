import ArgumentParser
import ArtefactCache
import Foundation
import KernelCatalogue

/// Where kernels come from.
struct KernelOptions: ParsableArguments {
    @Option(help: ArgumentHelp(
        "A repository's address: debian=URL, debian-security=URL, or another maker's, as ubuntu=URL. May be repeated.",
        discussion: """
            Without it, for Debian: KMATRIX_DEBIAN_MIRROR, then the configuration file, then this machine's own apt sources. For others: \
            the configuration file, then their own addresses.
            """, valueName: "name=url"))
    var mirror: [String] = []

    @Option(help: ArgumentHelp(
        "The file with the public keys of a maker of packages, as ubuntu=FILE. May be repeated.",
        discussion: "Without it: the configuration file, then where this machine's packages have it; nothing unsigned is ever used.", valueName: "name=file"))
    var keyring: [String] = []

    @Flag(help: "Use only what is in the cache; never touch the network.")
    var offline = false

    @Flag(help: "Refuse repository indices past their Valid-Until date (without it: up to 60 days late, with a warning).")
    var strictFreshness = false

    @Flag(help: "Accept repository indices however old.")
    var allowExpired = false

    func validate() throws {
        if strictFreshness && allowExpired { throw ValidationError("--strict-freshness and --allow-expired contradict each other") }
        for text in mirror where !text.contains("=") || !text.contains("://") {
            throw ValidationError("--mirror '\(text)': write debian=URL, debian-security=URL or ubuntu=URL, with an http or https address")
        }
        for text in keyring where text.split(separator: "=", maxSplits: 1).count != 2 {
            throw ValidationError("--keyring '\(text)': write the maker's name and a file, as in ubuntu=/usr/share/keyrings/ubuntu-archive-keyring.gpg")
        }
    }
}
