import GuestImages
import MatrixModel
import MatrixPlanning
import SystemPackage

/// The agent's files for a guest.
extension ArtefactPreparer {
    /// The paths are upstream's own, so that a package of the agent can take the place of ours.
    /// - Throws: `PreparationFailure` with `guestLacks` for what an agent needs and this machine does not have, `ProductError`, `RunnerError`.
    func payloadSpec(_ content: GuestContent, busybox: FilePath? = nil) async throws -> PayloadSpec {
        let products = try products.of(content.architecture)
        if content.isDistribution { return try packagePayload(content, products) }
        var items: [PayloadSpec.Item]
        switch content.agent {
        case .own:
            items = [
                PayloadSpec.Item(path: AgentBundle.executablePath, source: .file(products.agent), mode: 0o755),
                PayloadSpec.Item(path: AgentBundle.configurationPath, source: .bytes(AgentSettings.document)),
            ]
        case .bundle(let bundle):
            items = bundle.items.filter { content.program == nil || $0.path != AgentBundle.programPath }
        }
        if !items.contains(where: { $0.path == AgentBundle.programPath }) {
            items.append(PayloadSpec.Item(path: AgentBundle.programPath, source: .file(content.program?.object ?? products.nativeProgram)))
        }
        if let busybox { items.append(PayloadSpec.Item(path: "bin/busybox", source: .file(busybox), mode: 0o755)) }
        // A bundle with a dynamically linked agent may contain the same libraries.
        for item in try await MicroSupplies.items(for: content.needs, on: content.architecture) where !items.contains(where: { $0.path == item.path }) {
            items.append(item)
        }
        return PayloadSpec(items)
    }

    /// A distribution gets the agent's package, and a configuration that polls the platform once a second. A deployment gets the package alone,
    /// as on the platform.
    private func packagePayload(_ content: GuestContent, _ products: Products) throws -> PayloadSpec {
        if let deployment = content.deployment, !deployment.hasAgent { return PayloadSpec([]) }
        let package: FilePath
        var settings: [UInt8]
        switch content.agent {
        case .own: (package, settings) = (products.agentPackage, AgentSettings.document)
        case .bundle(let bundle):
            guard let file = bundle.package else { throw RunnerError(.noPackage, subject: bundle.name) }
            package = file
            settings =
                bundle.items.first { $0.path == AgentBundle.configurationPath }.flatMap { if case .bytes(let bytes) = $0.source { bytes } else { nil } }
                ?? AgentSettings.document
        }
        var items = [PayloadSpec.Item(path: Self.packagePath(content.agent.packageKind), source: .file(package))]
        if let program = content.program {
            items.append(PayloadSpec.Item(path: Self.programPath, source: .file(program.object)))
            settings = AgentSettings.document(settings, program: "/" + Self.programPath)
        }
        if content.deployment == .broken { settings = AgentSettings.broken }
        if content.deployment == nil || content.deployment == .broken || content.program != nil {
            items.append(PayloadSpec.Item(path: AgentBundle.configurationPath, source: .bytes(settings)))
        }
        return PayloadSpec(items)
    }

    private static let programPath = "run/kmatrix/program.bpf.o"

    /// Where the payload has the agent's package.
    static func packagePath(_ kind: String) -> String { "run/kmatrix/azure-proxy-agent.\(kind)" }

    static let agentPath = "/" + AgentBundle.executablePath
}
