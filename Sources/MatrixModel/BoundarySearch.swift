/// Finds where along an ordered list an answer changes, with as few questions as possible: each costs a boot.
///
/// Both ends are asked first, for without them a boundary proves nothing; then the middle of what is left, again and again. An index
/// without an answer is skipped, and stays a gap in the outcome. Answers that change more than once are reported as that, never smoothed.
public struct BoundarySearch: Hashable, Sendable {
    public enum Answer: Hashable, Sendable {
        case yes, no
        /// The question was asked and nothing was proven.
        case unknown
    }

    public enum Step: Hashable, Sendable {
        case ask(Int)
        case done(Outcome)
    }

    public enum Outcome: Hashable, Sendable {
        /// The answer is `first` up to `below` and the other one from `above` on. Whatever lies between could not be answered.
        case boundary(below: Int, above: Int, first: Answer)
        /// Both ends answer alike. What lies between was not asked.
        case uniform(Answer)
        /// The answer changes more than once: the places, each as the last of one kind and the first of the other.
        case severalChanges([Change])
        /// Too little could be answered: at most one of the list.
        case undecided
    }

    public struct Change: Hashable, Sendable {
        public let below: Int
        public let above: Int

        public init(below: Int, above: Int) {
            self.below = below
            self.above = above
        }
    }

    private let count: Int
    private var answers: [Int: Answer] = [:]

    /// - Parameter count: How long the list is.
    public init(count: Int) { self.count = max(0, count) }

    /// Takes an answer, in any order; one that was known before may be given too.
    public mutating func record(_ answer: Answer, at index: Int) {
        if (0..<count).contains(index) { answers[index] = answer }
    }

    /// How many questions were answered or could not be.
    public var asked: Int { answers.count }

    public var next: Step {
        // The outermost that can be answered, from either end.
        guard let low = (0..<count).first(where: { answers[$0] != .unknown }) else { return .done(.undecided) }
        guard answers[low] != nil else { return .ask(low) }
        guard let high = (0..<count).last(where: { answers[$0] != .unknown }), high > low else { return .done(.undecided) }
        guard answers[high] != nil else { return .ask(high) }
        let changes = changes
        if changes.count > 1 { return .done(.severalChanges(changes)) }
        guard let change = changes.first else { return .done(.uniform(answers[low] ?? .unknown)) }
        let middle = (change.below + change.above) / 2
        let open = (change.below + 1..<change.above).filter { answers[$0] == nil }
        if let nearest = open.min(by: { abs($0 - middle) < abs($1 - middle) }) { return .ask(nearest) }
        return .done(.boundary(below: change.below, above: change.above, first: answers[low] ?? .unknown))
    }

    /// Where neighbours among the answered differ.
    private var changes: [Change] {
        let known = answers.filter { $0.value != .unknown }.keys.sorted()
        return zip(known, known.dropFirst()).filter { answers[$0] != answers[$1] }.map { Change(below: $0, above: $1) }
    }
}
