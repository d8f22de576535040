import ArgumentParser
import ArtefactCache
import KernelCatalogue

/// `kmatrix keys fetch`: gets missing keys into the cache.
struct KeysFetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Fetch and verify missing keys",
        discussion: """
            A later run with --offline then needs no network for them. Exit code 3 when a key could not be fetched.

            EXAMPLES
              kmatrix keys fetch                   all that are missing
              kmatrix keys fetch ubuntu            a vendor's
              kmatrix keys fetch opensuse --renew  although there is one, which may have expired
            """)

    @Argument(help: ArgumentHelp("Keys or vendors of 'keys list' (default: all)", valueName: "name"))
    var names: [String] = []

    @Flag(help: "Fetch present keys again")
    var renew = false

    @OptionGroup(title: "Keys") var kernels: KernelOptions

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func run() async throws {
        let settings = try settings()
        let chosen = try chosen(settings.distributions)
        let isRenewed = renew
        let (fetched, failures) = try await InterruptibleWork.run { try await Self.fetch(chosen, settings, isRenewed) }
        switch format {
        case .json: try StandardOutput.writeJSON(["keys": fetched])
        case .jsonl: for key in fetched { try StandardOutput.writeJSON(key, isCompact: true) }
        case .table: for key in fetched { StandardOutput.write("\(key.key)  \(key.fingerprint)  \(key.place)\n") }
        }
        for failure in failures { StandardError.line("error: \(failure)") }
        if !failures.isEmpty { throw ExitCodes.notProven }
    }

    private func settings() throws -> CatalogueSettings {
        var settings = try kernels.settings(cache: .standard())
        settings.distributions = try .built()
        return settings
    }

    private func chosen(_ catalogue: DistributionCatalogue) throws -> [SigningKey] {
        guard !names.isEmpty else { return catalogue.keys }
        for name in names where !catalogue.keys.contains(where: { $0.name == name || catalogue.vendors(of: $0).contains(name) }) {
            throw ValidationError("there is no key or vendor '\(name)'; 'kmatrix keys list' shows the keys")
        }
        return catalogue.keys.filter { key in names.contains { $0 == key.name || catalogue.vendors(of: key).contains($0) } }
    }

    private static func fetch(_ keys: [SigningKey], _ settings: CatalogueSettings, _ renews: Bool) async throws -> ([EncodedKey], [String]) {
        let store = KeyStore(settings: settings)
        var fetched: [EncodedKey] = []
        var failures: [String] = []
        for key in keys {
            let vendors = settings.distributions.vendors(of: key)
            do {
                let state = try await store.state(of: key, vendor: vendors.first)
                if renews || !state.place.isPresent {
                    StandardError.line("fetching the key of \(key.title)")
                    try await store.renew(key)
                }
                fetched.append(EncodedKey(key, vendors: vendors, try await store.state(of: key, vendor: vendors.first)))
            } catch let error as CatalogueError {
                failures.append("\(key.name): \(error)")
            }
        }
        return (fetched, failures)
    }
}
