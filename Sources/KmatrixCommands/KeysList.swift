import ArgumentParser
import ArtefactCache
import KernelCatalogue
import MatrixReport
import SystemPackage

/// `kmatrix keys list`: which keys are known, and where each is.
struct KeysList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List keys with fingerprint, use and place",
        discussion: """
            Reads nothing from the network. The fingerprint of each key that is present was checked.

            EXAMPLES
              kmatrix keys list
              kmatrix keys list --format json
            """)

    @OptionGroup(title: "Keys") var kernels: KernelOptions

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func run() async throws {
        var settings = try kernels.settings(cache: .standard())
        settings.distributions = try .built()
        let encoded = try await EncodedKey.all(settings)
        switch format {
        case .json: try StandardOutput.writeJSON(["keys": encoded])
        case .jsonl: for key in encoded { try StandardOutput.writeJSON(key, isCompact: true) }
        case .table:
            let rows = [["key", "title", "fingerprint", "expires", "place"]] + encoded.map { [$0.key, $0.title, $0.fingerprint, $0.expires ?? "-", $0.place] }
            StandardOutput.write(TextColumns.render(rows) + "\n")
            if encoded.contains(where: { !$0.present }) {
                StandardError.line("note: missing keys are fetched when a run needs them; 'kmatrix keys fetch' gets them now")
            }
        }
    }
}

/// A key as `keys list` and `keys fetch` print it.
struct EncodedKey: Encodable {
    let key: String
    let title: String
    let fingerprint: String
    let vendors: [String]
    let present: Bool
    let place: String
    let expires: String?

    init(_ key: SigningKey, vendors: [String], _ state: KeyStore.State) {
        self.key = key.name
        title = key.title
        fingerprint = key.fingerprint
        self.vendors = vendors
        present = state.place.isPresent
        place =
            switch state.place {
            case .named(let file): "\(file) (named)"
            case .installed(let file): file.string
            case .cached(let origin): "cache, from \(origin)"
            case .missing:
                switch key.source {
                case .package(let name, _): "missing; Debian's package \(name) has it"
                case .address(let address): "missing; \(address) has it"
                }
            }
        expires = state.expiry.map { state.isExpired ? "\($0), expired" : $0 }
    }

    static func all(_ settings: CatalogueSettings) async throws -> [EncodedKey] {
        let store = KeyStore(settings: settings)
        var keys: [EncodedKey] = []
        for key in settings.distributions.keys {
            let vendors = settings.distributions.vendors(of: key)
            keys.append(EncodedKey(key, vendors: vendors, try await store.state(of: key, vendor: vendors.first)))
        }
        return keys
    }
}
