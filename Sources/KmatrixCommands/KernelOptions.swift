import ArgumentParser
import ArtefactCache
import Foundation
import KernelCatalogue

/// Which repositories and keys are used, and how old their indices may be.
struct KernelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Repository address, such as debian=URL (help settings)", valueName: "name=url"))
    var mirror: [String] = []

    @Option(help: ArgumentHelp("Public keys of a vendor (help settings)", valueName: "name=file"))
    var keyring: [String] = []

    @Flag(help: "Use only the cache, not the network")
    var offline = false

    @Flag(help: "Reject indices past their Valid-Until date")
    var strictFreshness = false

    @Flag(help: "Accept indices of any age (default: 60 days late)")
    var allowExpired = false

    func validate() throws {
        if strictFreshness && allowExpired { throw ValidationError("--strict-freshness and --allow-expired cannot be combined") }
        for text in mirror where !text.contains("=") || !text.contains("://") {
            throw ValidationError("--mirror '\(text)' is not NAME=URL; write for example debian=http://mirror.example/debian")
        }
        for text in keyring where text.split(separator: "=", maxSplits: 1).count != 2 {
            throw ValidationError("--keyring '\(text)' is not NAME=FILE; write for example ubuntu=/usr/share/keyrings/ubuntu-archive-keyring.gpg")
        }
    }
}
