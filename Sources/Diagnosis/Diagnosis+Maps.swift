import Guidance
import MatrixModel

extension Diagnosis {
    // MARK: - What a loader found missing

    /// A loader tried a feature, and names the release of the kernel that has it.
    static func required(_ facts: FieldFacts) -> [Conclusion] {
        guard let entry = facts.failures.last(where: { $0.failure.required != nil }), let feature = entry.failure.required else { return [] }
        // A feature that the running kernel has failed for another reason: privilege or policy.
        if let series = facts.series, feature.isIn(series) { return [] }
        let cause: Cause =
            switch entry.failure.stage {
            case .map: .mapNotCreated
            case .attach, .link: .linkNotCreated
            case .load, .listener, .key: .loadFailed
            }
        let kernel = facts.release.map { ", and the kernel is \(FieldFacts.shown($0.value))" } ?? ""
        return [
            Conclusion(
                cause, facts.release == nil ? .likely : .certain,
                "The loader found that this kernel lacks what it needs. Mainline has \(FieldFacts.shown(feature.name)) since \(feature.since)\(kernel).",
                [entry.finding, facts.release?.finding], wanted: facts.release == nil ? [.kernelRelease] : [],
                advice: [.newerKernel(feature), .measure(.upgradeAgent), .measure(.optOut)])
        ]
    }

    // MARK: - Maps

    static func maps(_ facts: FieldFacts) -> [Conclusion] {
        guard let entry = facts.failures.last(where: { $0.failure.stage == .map }) else { return [] }
        let failure = entry.failure
        let name = failure.subject.map { "map `\(FieldFacts.shown($0))`" } ?? "one of the program's maps"
        let head = "The kernel did not create \(name)\(failure.error.map { " (\($0.name))" } ?? ""); the program was never shown to the verifier."
        if failure.error == .notPermitted || failure.error == .accessDenied { return [privilege(facts, entry, head)] }
        let type = BPFMapType.named(in: failure.line) ?? failure.subject.flatMap { BPFMapType.suggested(byName: $0) }
        if failure.error == .invalid || failure.error == nil, let type, let series = facts.series, !type.isIn(series) {
            let isNamed = BPFMapType.named(in: failure.line) != nil
            return [
                Conclusion(
                    .mapNotCreated, isNamed ? .certain : .likely,
                    "\(head) Mainline has \(type.name) since \(type.since), and the kernel is \(FieldFacts.shown(facts.release?.value ?? "")).",
                    [entry.finding, facts.release?.finding], wanted: [], advice: [.newerKernel(type), .measure(.upgradeAgent), .measure(.optOut)])
            ]
        }
        let hint: String =
            switch failure.error {
            case .noMemory, .tooBig: " There is not enough memory for it, or it is larger than the kernel allows."
            case .invalid: type.map { " A kernel before \($0.since) does not know \($0.name)." } ?? " Its type or a flag may be unknown to this kernel."
            default: ""
            }
        return [
            Conclusion(
                .mapNotCreated, .likely, head + hint, [entry.finding, facts.release?.finding],
                wanted: facts.release == nil ? [.kernelRelease, .agentLog] : [.agentLog])
        ]
    }
}
