import KernelCatalogue
import MatrixModel

/// A block of a matrix as it is written: the texts of each axis, on the command line or in a matrix file.
public struct MatrixBlock {
    /// A value as it is written.
    public struct Text {
        let text: String
        let report: (any Error) -> any Error

        /// - Parameter report: Adds the place of this value to an error about it.
        public init(_ text: String, report: @escaping (any Error) -> any Error) {
            self.text = text
            self.report = report
        }
    }

    private let written: [Axis: [Text]]
    private let name: (Axis) -> String
    private let report: (String) -> any Error

    /// - Parameters:
    ///   - name: The name of an axis where the block is written: an option or a key.
    ///   - report: Makes an error about the whole block from a message.
    public init(_ written: [Axis: [Text]], name: @escaping (Axis) -> String, report: @escaping (String) -> any Error) {
        self.written = written.filter { !$0.value.isEmpty }
        self.name = name
        self.report = report
    }

    /// The axes that have values.
    public var axes: Set<Axis> { Set(written.keys) }
    public func texts(_ axis: Axis) -> [String] { written[axis, default: []].map(\.text) }

    /// Checks everything that needs no look-up.
    /// - Throws: The errors that the `report` functions make.
    public func check() throws {
        let (kernels, distros) = (texts(.kernel), texts(.distro))
        let isMicro = distros.isEmpty || distros.contains("micro")
        if kernels.isEmpty, isMicro { throw report("no kernel selected; add \(name(.kernel)), for example 6.1, or \(name(.distro))") }
        if !texts(.deployment).isEmpty, isMicro {
            throw report("\(name(.deployment)) needs a distribution with cloud-init; add \(name(.distro)), for example 'debian-*'")
        }
        if !kernels.isEmpty, distros.contains(where: { ImageGuest.bootingItself($0) != nil }) {
            throw report("a whole: image boots its own kernel; remove \(name(.kernel)) or 'whole:'")
        }
        _ = try (kernelSelectors(), layouts(), deployments(), profiles(on: .host), architectures())
    }

    /// Looks everything up: distributions in the catalogue, programs and scenarios among the products, agents on disk.
    /// - Returns: The axes for each architecture.
    public func axes(_ products: Products) async throws -> [MatrixAxes] {
        try check()
        var blocks: [MatrixAxes] = []
        for architecture in try architectures() { blocks.append(try await axes(of: products.of(architecture))) }
        return blocks
    }

    private func axes(of products: Products) async throws -> MatrixAxes {
        let (named, scenarios) = (try layouts(), try values(.scenario) { try products.scenarios($0) })
        let agents = try await agentChoices(products.architecture)
        let guests = try guestChoices(products)
        if named.contains(nil), let unknown = guests.first(where: { $0.defaultLayout == nil }) {
            throw report("the catalogue does not say which cgroup layout \(unknown.name) boots with: name the layouts with \(name(.cgroup))")
        }
        return MatrixAxes(
            architecture: products.architecture, guests: guests, kernels: try kernelSelectors(), layouts: named.compactMap(\.self).sorted(),
            hasDefaultLayout: named.contains(nil), programs: try values(.bpf) { [try products.program($0)] },
            scenarios: scenarios.isEmpty ? .standard(try products.standardScenario()) : .axis(scenarios), agents: agents,
            profiles: try profiles(on: products.architecture),
            deployments: try deployments())
    }
}

/// How the values of each axis are read.
extension MatrixBlock {
    private func kernelSelectors() throws -> [KernelSelector] { try values(.kernel) { [try KernelSelector(parsing: $0)] } }

    private func deployments() throws -> [Deployment] { try distinct(.deployment) { try Deployment.parse($0) } }

    /// A nil element is the default layout of a guest.
    private func layouts() throws -> [CgroupLayout?] { try distinct(.cgroup) { $0 == "default" ? [nil] : try CgroupLayout.parse($0) } }

    /// A nil element is a kernel without a hardening profile.
    private func profiles(on architecture: Architecture) throws -> [BootProfile?] {
        let named = try distinct(.profile) { $0 == "none" ? [nil] : try BootProfile.parse($0, on: architecture) as [BootProfile?] }
        return named.isEmpty ? [nil] : named
    }

    private func architectures() throws -> [Architecture] {
        let named = try distinct(.arch) { try Architecture.parse($0) }
        return named.isEmpty ? [.host] : named.sorted()
    }

    private func agentChoices(_ architecture: Architecture) async throws -> [AgentChoice] {
        var agents: [AgentChoice] = []
        for value in written[.agent, default: []] {
            do { agents.append(try await AgentChoice(parsing: value.text, for: architecture)) } catch { throw value.report(error) }
        }
        return agents
    }

    private func guestChoices(_ products: Products) throws -> [GuestChoice] {
        guard axes.contains(.distro) else { return [.micro] }
        let catalogue = try DistributionCatalogue(file: products.catalogue, architecture: products.architecture)
        let guests = try distinct(.distro) { text -> [GuestChoice] in
            if text == "micro" { return [.micro] }
            if let image = ImageGuest(parsing: text, architecture: products.architecture) { return [.image(image)] }
            guard let name = ImageGuest.bootingItself(text) else { return try catalogue.select(text).map(GuestChoice.init) }
            return try imagesBootingThemselves(catalogue.select(name), name)
        }
        // Cell ids contain the guest's name.
        if let twice = guests.first(where: { guest in guests.filter { $0.name == guest.name }.count > 1 }) {
            throw report("two images are named '\(twice.name)'; rename one of the files")
        }
        return guests
    }

    private func imagesBootingThemselves(_ distributions: [Distribution], _ name: String) throws -> [GuestChoice] {
        let guests = distributions.compactMap { ImageGuest($0, boot: .ownLoader).map(GuestChoice.image) }
        guard guests.isEmpty else { return guests }
        let reason = distributions.first.map { CatalogueError(imageOf: $0).description } ?? "the catalogue names no image of \(name)"
        throw report("\(reason); an image with its own boot loader is given as whole:./FILE")
    }

    private func values<Value>(_ axis: Axis, _ read: (String) throws -> [Value]) throws -> [Value] {
        try written[axis, default: []].flatMap { value in
            do { return try read(value.text) } catch { throw value.report(error) }
        }
    }

    /// The values of an axis, each once.
    private func distinct<Value: Hashable>(_ axis: Axis, _ read: (String) throws -> [Value]) throws -> [Value] {
        var seen: Set<Value> = []
        return try values(axis, read).filter { seen.insert($0).inserted }
    }
}
