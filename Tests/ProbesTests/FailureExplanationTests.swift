import MatrixModel
import Testing

@testable import Probes

@Suite("The order of proofs")
struct FailureExplanationTests {
    private typealias Order = FailureExplanation<ProofID>

    /// Probes of which some fail, and all others pass.
    private static func order(failing: Set<ProofID>) -> Order {
        Order(Probe.all.map { $0.node(failing.contains($0.id) ? .failed : .passed) })
    }

    @Test("of two failures at least one is explained by none, whichever they are")
    func pairs() {
        for one in Probe.all {
            for other in Probe.all where one.id < other.id {
                let order = Self.order(failing: [one.id, other.id])
                #expect(order.blocker(of: one.id) == nil || order.blocker(of: other.id) == nil, "\(one.id) and \(other.id)")
            }
        }
    }

    @Test("a kernel that broke explains that the agent ended, and is explained by nothing")
    func kernel() {
        let order = Self.order(failing: [.kernelHealthy, .runs])
        #expect(order.blocker(of: .kernelHealthy) == nil)
        #expect(order.blocker(of: .runs) == .kernelHealthy)
    }

    @Test("of failures that explain each other, the most fundamental is explained by none")
    func cycle() {
        func node(_ id: ProofID, _ standing: Order.Standing, _ follows: [ProofID]) -> Order.Node { Order.Node(id: id, standing: standing, follows: follows) }
        let order = Order([node(.load, .failed, [.attach]), node(.attach, .failed, [.load]), node(.signed, .undecided, [.attach])])
        #expect(order.blocker(of: .load) == nil && order.blocker(of: .attach) == .load && order.blocker(of: .signed) == .load)
    }

    @Test("what nothing explains was lost, and explains what rests on it")
    func lost() {
        let order = Order([
            Order.Node(id: .redirectedIMDS, standing: .undecided), Order.Node(id: .signed, standing: .passed, needs: [.redirectedIMDS]),
            Order.Node(id: .burst, standing: .failed, follows: [.dualStack]), Order.Node(id: .dualStack, standing: .notApplicable, follows: [.redirectedIMDS]),
        ])
        #expect(order.blocker(of: .redirectedIMDS) == nil)
        #expect(order.blocker(of: .signed) == .redirectedIMDS)
        #expect(order.blocker(of: .burst) == nil && order.blocker(of: .dualStack) == nil)
    }
}
