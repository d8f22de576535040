/// How a machine is deployed on the platform: with or without the agent in its image, and whether the platform asks cloud-init to wait
/// for it (`ProvisionGuestProxyAgent` in `ovf-env.xml`). The rows of the troubleshooting article's table.
public enum Deployment: String, CaseIterable, Hashable, Sendable, Codable {
    case installed
    /// The agent is installed and cannot start: its configuration is not JSON.
    case broken
    case missing
    case installedUnasked = "installed-unasked"
    case missingUnasked = "missing-unasked"

    public var hasAgent: Bool {
        switch self {
        case .installed, .broken, .installedUnasked: true
        case .missing, .missingUnasked: false
        }
    }

    public var asksForAgent: Bool {
        switch self {
        case .installed, .broken, .missing: true
        case .installedUnasked, .missingUnasked: false
        }
    }

    /// - Parameter text: A name, or `all`.
    /// - Throws: `SelectorError` with `unknownDeployment`.
    public static func parse(_ text: String) throws(SelectorError) -> [Deployment] {
        if text == "all" { return allCases }
        guard let deployment = Deployment(rawValue: text) else { throw SelectorError(.unknownDeployment, text: text, known: allCases.map(\.rawValue)) }
        return [deployment]
    }
}
