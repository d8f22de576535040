import Guidance
import MatrixModel

extension CauseNotes {
    /// Explanations from the guide, with the commands of the reader's distribution family.
    static let guidance = CauseNotes(distributions: ["debian", "ubuntu", "rhel", "sles", "azurelinux", "amazonlinux"]) { cause, distribution in
        let guide = CauseGuide(cause)
        // Without a distribution the notes are for the most common family; a micro guest is not a user's machine.
        let named = distribution.map { DistributionFamily(guest: $0) ?? .other }
        let family = named.flatMap { $0 == .micro ? nil : $0 } ?? .debian
        // A fault of the kernel, the configuration or the agent is fixed on the user's machine, so no command of kmatrix belongs there.
        let isOfMachine = cause.fault != .harness && cause.fault != .artefact
        let steps = guide.remedies(for: family).map { remedy in
            let remarks = [remedy.note, remedy.needsRestart ? "Takes effect at the next boot." : nil].compactMap(\.self)
            return Step(
                text: ([remedy.action] + remarks).joined(separator: " "), place: remedy.place == .controlPlane ? "Azure CLI" : nil,
                commands: isOfMachine && remedy.place == .harness ? [] : remedy.commands)
        }
        return Note(
            title: guide.title, symptom: guide.symptom, proof: guide.proof, family: isOfMachine ? family.words : nil, steps: steps,
            reference: guide.article.map { Reference(title: "\($0.title), in the troubleshooting article", address: $0.link) })
    }
}

extension DistributionFamily {
    fileprivate var words: String {
        switch self {
        case .debian: "Debian"
        case .ubuntu: "Ubuntu"
        case .rhel: "RHEL, Rocky, Alma, Oracle, CentOS and Fedora"
        case .sles: "SLES and openSUSE"
        case .azureLinux: "Azure Linux"
        case .amazon: "Amazon Linux"
        case .other: "any distribution"
        case .micro: "the micro guest"
        }
    }
}
