import ArgumentParser
import KernelCatalogue
import MatrixModel
import MatrixRunner

/// A block of a matrix as people write it, on the command line or in a file.
struct AxisTexts {
    enum Axis: String, CaseIterable { case distro, kernel, cgroup, bpf, scenario, agent, deployment, profile }

    /// One value of an axis, and what an error in it becomes.
    struct Item {
        let text: String
        let complain: (any Error) -> any Error
    }

    var items: [Axis: [Item]]
    /// What an axis is called where the block is written.
    let name: (Axis) -> String
    /// What a mistake of the whole becomes.
    let complain: (String) -> any Error

    private static let defaultLayout = "default"

    private func texts(_ axis: Axis) -> [String] { items[axis]?.map(\.text) ?? [] }

    /// Says what is wrong without looking anything up.
    func check() throws {
        let (kernels, distros) = (texts(.kernel), texts(.distro))
        let isMicro = distros.isEmpty || distros.contains("micro")
        if kernels.isEmpty, isMicro { throw complain("say which kernels with \(name(.kernel)), as in 6.1") }
        if !texts(.deployment).isEmpty, isMicro {
            throw complain("\(name(.deployment)) needs distributions with cloud-init: name them with \(name(.distro)), as in 'debian-*'")
        }
        if !kernels.isEmpty, distros.contains(where: { $0.hasPrefix("whole:") }) {
            throw complain("an image of whole: boots its own kernel: leave \(name(.kernel)) out, or 'whole:'")
        }
        _ = try (kernelSelectors(), layouts(), deployments(), profiles())
    }

    /// Everything looked up: distributions in the catalogue, programs and scenarios among the products, agents on the disk.
    func axes(_ products: Products) async throws -> MatrixAxes {
        try check()
        let scenarios = try values(.scenario) { try products.scenarios($0) }
        var agents: [AgentChoice] = []
        for item in items[.agent] ?? [] {
            do { agents.append(try await AgentChoice(parsing: item.text)) } catch { throw item.complain(error) }
        }
        let (named, hasDefault) = try layouts()
        let guests = try guests(products)
        if hasDefault, let unknown = guests.first(where: { $0.defaultLayout == nil }) {
            throw complain("the catalogue does not say which cgroup layout \(unknown.name) boots with: name the layouts with \(name(.cgroup))")
        }
        return MatrixAxes(
            guests: guests, kernels: try kernelSelectors(), layouts: named, hasDefaultLayout: hasDefault, programs: try values(.bpf) { [try products.program($0)] },
            scenarios: scenarios.isEmpty ? .standard(try products.standardScenario()) : .axis(scenarios), agents: agents, profiles: try profiles(),
            deployments: try deployments())
    }

    private func kernelSelectors() throws -> [KernelSelector] { try values(.kernel) { [try KernelSelector(parsing: $0)] } }

    private func layouts() throws -> (named: [CgroupLayout], hasDefault: Bool) {
        let named = try values(.cgroup) { $0 == Self.defaultLayout ? [] : try CgroupLayout.parse($0) }
        return (Set(named).sorted(), texts(.cgroup).contains(Self.defaultLayout))
    }

    private func deployments() throws -> [Deployment] { Self.distinct(try values(.deployment) { try Deployment.parse($0) }) }

    /// Nil among them is a kernel that is hardened in no way.
    private func profiles() throws -> [BootProfile?] {
        let named = try values(.profile) { $0 == "none" ? [nil] : try BootProfile.parse($0).map(Optional.some) }
        return named.isEmpty ? [nil] : Self.distinct(named)
    }

    private func guests(_ products: Products) throws -> [GuestChoice] {
        guard !texts(.distro).isEmpty else { return [.micro] }
        let catalogue = try DistributionCatalogue(file: products.catalogue)
        let guests = Self.distinct(try values(.distro) { text -> [GuestChoice] in
            if let image = ImageGuest(parsing: text) { return [.image(image)] }
            guard let name = ImageGuest.bootingItself(text) else { return text == "micro" ? [.micro] : try catalogue.select(text).map(GuestChoice.init) }
            let chosen = try catalogue.select(name).compactMap { ImageGuest($0, boot: .ownLoader).map(GuestChoice.image) }
            guard !chosen.isEmpty else {
                let reasons = try catalogue.select(name).map { CatalogueError(imageOf: $0).description }
                throw complain("\(reasons.first ?? "the catalogue names no image of \(name)"); one that boots by itself is given as whole:./FILE")
            }
            return chosen
        })
        // Cells are told apart by their guests' names.
        if let twice = guests.first(where: { guest in guests.filter { $0.name == guest.name }.count > 1 }) {
            throw complain("two images are called '\(twice.name)'; give one of the files another name")
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
