import Guidance
import MatrixReport

extension CauseNotes {
    /// What our guide says of a cause, with the commands of the guest's family; without a guest, of the most common one.
    static let guidance = CauseNotes { cause, guest in
        let guide = CauseGuide(cause)
        let family = guest.flatMap(DistributionFamily.init(guest:)) ?? .debian
        let steps = guide.remedies(for: family).map { remedy in
            let remarks = [remedy.note, remedy.needsRestart ? "Takes effect with the next boot." : nil].compactMap(\.self)
            return Step(text: ([remedy.action] + remarks).joined(separator: " "), commands: remedy.commands)
        }
        return Note(
            title: guide.title, paragraphs: ["How it shows: \(guide.symptom)", "What proves it: \(guide.proof)"], steps: steps,
            reference: guide.article.map { Reference(title: "\($0.title), in the troubleshooting article", address: $0.link) })
    }
}
