public import MatrixModel

/// What is known of causes beyond their codes: told by whoever makes the report, since knowledge is not the report's business.
public struct CauseNotes: Sendable {
    /// What to read and do about a cause.
    public struct Note: Hashable, Sendable {
        /// One line.
        public var title: String
        /// How it shows and what proves it, in paragraphs.
        public var paragraphs: [String]
        public var steps: [Step]
        /// Where more is written; only an `https` address becomes a link.
        public var reference: Reference?

        public init(title: String, paragraphs: [String] = [], steps: [Step] = [], reference: Reference? = nil) {
            self.title = title
            self.paragraphs = paragraphs
            self.steps = steps
            self.reference = reference
        }
    }

    public struct Reference: Hashable, Sendable {
        public var title: String
        public var address: String

        public init(title: String, address: String) {
            self.title = title
            self.address = address
        }
    }

    /// One thing to do.
    public struct Step: Hashable, Sendable {
        public var text: String
        /// Exactly what to type, a command a line; may be empty.
        public var commands: [String]

        public init(text: String, commands: [String] = []) {
            self.text = text
            self.commands = commands
        }
    }

    private let find: @Sendable (Cause, String?) -> Note?

    /// - Parameter find: The note on a cause for a guest such as `debian-12`, or for guests in general when that is nil.
    public init(find: @escaping @Sendable (Cause, String?) -> Note?) { self.find = find }

    /// Where nobody has a note, what happened is said, and no remedy.
    func note(on cause: Cause, guest: String? = nil) -> Note { find(cause, guest) ?? Note(title: cause.meaning) }
}
