import ArgumentParser
import KernelCatalogue
import MatrixModel
import MatrixPlanning
import MatrixRunner

/// A block of a matrix as it is written on the command line or in a file.
struct AxisTexts {
    enum Axis: String, CaseIterable { case distro, kernel, cgroup, bpf, scenario, agent, deployment, profile, arch }

    /// One value of an axis, and the error that a mistake in it becomes.
    struct Item {
        let text: String
        let complain: (any Error) -> any Error
    }

    var items: [Axis: [Item]]
    /// The name of an axis where the block is written.
    let name: (Axis) -> String
    /// Makes an error about the whole block.
    let complain: (String) -> any Error

    private static let defaultLayout = "default"

    private func texts(_ axis: Axis) -> [String] { items[axis]?.map(\.text) ?? [] }

    /// Checks everything that needs no look-up.
    func check() throws {
        let (kernels, distros) = (texts(.kernel), texts(.distro))
        let isMicro = distros.isEmpty || distros.contains("micro")
        if kernels.isEmpty, isMicro { throw complain("no kernel selected; add \(name(.kernel)), for example 6.1, or \(name(.distro))") }
        if !texts(.deployment).isEmpty, isMicro {
            throw complain("\(name(.deployment)) needs a distribution with cloud-init; add \(name(.distro)), for example 'debian-*'")
        }
        if !kernels.isEmpty, distros.contains(where: { $0.hasPrefix("whole:") }) {
            throw complain("a whole: image boots its own kernel; remove \(name(.kernel)) or 'whole:'")
        }
        _ = try (kernelSelectors(), layouts(), deployments(), profiles(), architectures())
    }

    /// Looks everything up: distributions in the catalogue, programs and scenarios among the products, agents on disk.
    /// - Returns: A block for each architecture.
    func axes(_ products: Products) async throws -> [MatrixAxes] {
        try check()
        var blocks: [MatrixAxes] = []
        for architecture in try architectures() { blocks.append(try await axes(products.of(architecture))) }
        return blocks
    }

    private func axes(_ products: Products) async throws -> MatrixAxes {
        let scenarios = try values(.scenario) { try products.scenarios($0) }
        var agents: [AgentChoice] = []
        for item in items[.agent] ?? [] {
            do { agents.append(try await AgentChoice(parsing: item.text, for: products.architecture)) } catch { throw item.complain(error) }
        }
        let (named, hasDefault) = try layouts()
        let guests = try guests(products)
        if hasDefault, let unknown = guests.first(where: { $0.defaultLayout == nil }) {
            throw complain("the catalogue does not say which cgroup layout \(unknown.name) boots with: name the layouts with \(name(.cgroup))")
        }
        return MatrixAxes(
            architecture: products.architecture, guests: guests, kernels: try kernelSelectors(), layouts: named, hasDefaultLayout: hasDefault,
            programs: try values(.bpf) { [try products.program($0)] },
            scenarios: scenarios.isEmpty ? .standard(try products.standardScenario()) : .axis(scenarios), agents: agents, profiles: try profiles(),
            deployments: try deployments())
    }

    private func architectures() throws -> [Architecture] {
        let named = Set(try values(.arch) { try Architecture.parse($0) })
        return named.isEmpty ? [.host] : named.sorted()
    }

    private func kernelSelectors() throws -> [KernelSelector] { try values(.kernel) { [try KernelSelector(parsing: $0)] } }

    private func layouts() throws -> (named: [CgroupLayout], hasDefault: Bool) {
        let named = try values(.cgroup) { $0 == Self.defaultLayout ? [] : try CgroupLayout.parse($0) }
        return (Set(named).sorted(), texts(.cgroup).contains(Self.defaultLayout))
    }

    private func deployments() throws -> [Deployment] { Self.distinct(try values(.deployment) { try Deployment.parse($0) }) }

    /// Nil stands for a kernel without a hardening profile.
    private func profiles() throws -> [BootProfile?] {
        let named = try values(.profile) { $0 == "none" ? [nil] : try BootProfile.parse($0).map(Optional.some) }
        return named.isEmpty ? [nil] : Self.distinct(named)
    }

    private func guests(_ products: Products) throws -> [GuestChoice] {
        guard !texts(.distro).isEmpty else { return [.micro] }
        let catalogue = try DistributionCatalogue(file: products.catalogue, architecture: products.architecture)
        let guests = Self.distinct(
            try values(.distro) { text -> [GuestChoice] in
                if let image = ImageGuest(parsing: text, architecture: products.architecture) { return [.image(image)] }
                guard let name = ImageGuest.bootingItself(text) else { return text == "micro" ? [.micro] : try catalogue.select(text).map(GuestChoice.init) }
                let chosen = try catalogue.select(name).compactMap { ImageGuest($0, boot: .ownLoader).map(GuestChoice.image) }
                guard !chosen.isEmpty else {
                    let reasons = try catalogue.select(name).map { CatalogueError(imageOf: $0).description }
                    throw complain("\(reasons.first ?? "the catalogue names no image of \(name)"); an image with its own boot loader is given as whole:./FILE")
                }
                return chosen
            })
        // Cell ids contain the guest's name.
        if let twice = guests.first(where: { guest in guests.filter { $0.name == guest.name }.count > 1 }) {
            throw complain("two images are named '\(twice.name)'; rename one of the files")
        }
        return guests
    }

    private func values<Value>(_ axis: Axis, _ read: (String) throws -> [Value]) throws -> [Value] {
        try (items[axis] ?? []).flatMap { item in
            do { return try read(item.text) } catch { throw item.complain(error) }
        }
    }

    private static func distinct<Value: Hashable>(_ values: [Value]) -> [Value] {
        var seen: Set<Value> = []
        return values.filter { seen.insert($0).inserted }
    }
}
