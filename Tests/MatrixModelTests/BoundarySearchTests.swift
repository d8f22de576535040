import MatrixModel
import Testing

@Suite("The search for a boundary")
struct BoundarySearchTests {
    typealias Answer = BoundarySearch.Answer

    /// Asks until it is done.
    static func search(_ truth: [Answer], known: [Int] = []) -> (outcome: BoundarySearch.Outcome, asked: Int) {
        var search = BoundarySearch(count: truth.count)
        for index in known { search.record(truth[index], at: index) }
        var asked = 0
        while asked <= truth.count {
            switch search.next {
            case .done(let outcome): return (outcome, asked)
            case .ask(let index):
                search.record(truth[index], at: index)
                asked += 1
            }
        }
        return (.undecided, asked)
    }

    @Test("finds every boundary of every list, with two questions and the logarithm", arguments: 2...40)
    func boundaries(count: Int) {
        let most = 2 + (0...).first { 1 << $0 >= count - 1 }!
        for place in 1..<count {
            let truth = (0..<count).map { $0 < place ? Answer.yes : .no }
            let (outcome, asked) = Self.search(truth)
            #expect(outcome == .boundary(below: place - 1, above: place, first: .yes))
            #expect(asked <= most, "\(asked) of \(count)")
        }
    }

    @Test("alike at both ends is no boundary, and costs two questions", arguments: [Answer.yes, .no])
    func uniform(answer: Answer) {
        let (outcome, asked) = Self.search([Answer](repeating: answer, count: 30))
        #expect(outcome == .uniform(answer) && asked == 2)
    }

    @Test("what cannot be answered is gone round, and stays a gap")
    func gaps() {
        #expect(Self.search([.yes, .yes, .unknown, .unknown, .no, .no]).outcome == .boundary(below: 1, above: 4, first: .yes))
        #expect(Self.search([.unknown, .no, .unknown, .yes, .unknown]).outcome == .boundary(below: 1, above: 3, first: .no))
    }

    @Test("too little that can be answered decides nothing", arguments: [[], [Answer.yes], [.unknown, .unknown], [.unknown, .yes, .unknown]])
    func undecided(truth: [Answer]) { #expect(Self.search(truth).outcome == .undecided) }

    @Test("answers that change back and forth are several changes, and never one boundary")
    func several() {
        let truth: [Answer] = [.yes, .yes, .no, .no, .yes, .no]
        let (outcome, _) = Self.search(truth, known: [2, 4])
        guard case .severalChanges(let changes) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(changes.count == 3)
        #expect(changes.allSatisfy { truth[$0.below] != truth[$0.above] })
    }

    @Test("what was known before is not asked again")
    func known() {
        let truth = (0..<32).map { $0 < 20 ? Answer.no : .yes }
        #expect(Self.search(truth, known: [0, 31, 19, 20]).asked == 0)
    }

    @Test("with gaps anywhere the outcome is never wrong, and nothing is asked twice")
    func anyGaps() {
        for pattern in 0..<(1 << 8) {
            for place in 0...8 {
                let truth = (0..<8).map { pattern >> $0 & 1 == 1 ? Answer.unknown : $0 < place ? .yes : .no }
                let (outcome, asked) = Self.search(truth)
                #expect(asked <= 8)
                if case .boundary(let below, let above, let first) = outcome {
                    #expect(truth[below] == first && truth[above] != first && truth[above] != .unknown)
                    #expect(truth[(below + 1)..<above].allSatisfy { $0 == .unknown })
                }
            }
        }
    }
}
