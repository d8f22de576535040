import EvidenceStore
import MatrixModel

/// Explanations and remedies of causes, from the guide. Tests supply texts of their own.
struct CauseNotes: Sendable {
    /// What to read and do about a cause.
    struct Note: Hashable, Sendable {
        /// One line.
        var title: String
        /// What a person sees without knowing the cause.
        var symptom: String?
        /// Which words in which evidence prove it.
        var proof: String?
        /// Whose commands the steps use, such as `Debian`; nil where the steps are the same everywhere.
        var family: String?
        var steps: [Step]
        /// Further reading; only an `https` address becomes a link.
        var reference: Reference?

        init(
            title: String, symptom: String? = nil, proof: String? = nil, family: String? = nil, steps: [Step] = [], reference: Reference? = nil
        ) {
            self.title = title
            self.symptom = symptom
            self.proof = proof
            self.family = family
            self.steps = steps
            self.reference = reference
        }
    }

    struct Reference: Hashable, Sendable {
        var title: String
        var address: String

        init(title: String, address: String) {
            self.title = title
            self.address = address
        }
    }

    /// One thing to do.
    struct Step: Hashable, Sendable {
        var text: String
        /// Where the commands are typed, such as `Azure CLI`; nil where the text says so.
        var place: String?
        /// Exactly what to type, one command per line; may be empty.
        var commands: [String]

        init(text: String, place: String? = nil, commands: [String] = []) {
            self.text = text
            self.place = place
            self.commands = commands
        }
    }

    private let distributions: [String]
    private let find: @Sendable (Cause, String?) -> Note

    /// - Parameters:
    ///   - distributions: One for each family of distributions whose commands differ, the most common first.
    ///   - find: Returns the note on a cause for a distribution such as `debian-12`; nil means any.
    init(distributions: [String] = [], find: @escaping @Sendable (Cause, String?) -> Note) {
        self.distributions = distributions
        self.find = find
    }

    func note(on cause: Cause, distribution: String? = nil) -> Note { find(cause, distribution) }

    /// The notes on a cause for every family of distributions, or one where all have the same steps.
    func notesByFamily(on cause: Cause) -> [Note] {
        let notes = distributions.map { find(cause, $0) }
        return Set(notes.map(\.steps)).count > 1 ? notes : [note(on: cause)]
    }
}

extension CellRecord {
    /// The distribution whose commands a reader of this cell needs: the guest's, or the one that built a micro guest's kernel.
    var machineDistribution: String? {
        if guest != "micro" { return guest }
        let vendor = origin?.split(separator: "/").first.map(String.init)
        return vendor == "file" ? nil : vendor
    }
}
