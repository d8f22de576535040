import GuestProtocol
import MatrixModel
import TestSupport
import Testing

@testable import GuestRunner

@Suite("What one runner leaves to the next")
struct RunnerHandoverTests {
    static let plan = GuestPlan(
        userland: .distribution(DistributionStart(package: "run/kmatrix/a.deb")), layout: .hybrid, agentPath: "/usr/sbin/a", steps: [.startAgent, .finish])

    @Test("comes out as it went in", arguments: [0, 1, 0x1_0000, UInt32.max])
    func roundTrip(sequence: UInt32) throws {
        try TemporaryFolder.during { folder in
            let handover = RunnerHandover(sequence: sequence, plan: Self.plan)
            try handover.save(to: "\(folder)/handover")
            #expect(RunnerHandover(from: "\(folder)/handover") == handover)
        }
    }

    @Test("is nothing when a part of it is missing, or all")
    func broken() throws {
        try TemporaryFolder.during { folder in
            let path = "\(folder)/handover"
            #expect(RunnerHandover(from: path) == nil)
            try RunnerHandover(sequence: 7, plan: Self.plan).save(to: path)
            let whole = try #require(SmallFile.read(path, limit: 1 << 20)).bytes
            for length in 0..<whole.count {
                try SmallFile.write(Array(whole.prefix(length)), to: path, mode: 0o600)
                #expect(RunnerHandover(from: path) == nil)
            }
        }
    }
}
