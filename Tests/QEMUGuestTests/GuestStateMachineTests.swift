import GuestProtocol
import Testing

@testable import QEMUGuest

@Suite("The state machine of a guest")
struct GuestStateMachineTests {
    static let hello = GuestMessage.hello(GuestHello(release: "6.1.0", machine: "x86_64", uptimeMilliseconds: 900))

    /// A machine and the frames of a guest that counts right.
    final class Talk {
        private(set) var machine: GuestStateMachine
        private var sequence: UInt32 = 0

        init(_ limits: GuestLimits = GuestLimits(), hellos: Int = 1) { machine = GuestStateMachine(limits: limits, hellos: hellos) }

        var state: GuestStateMachine.State { machine.state }
        var ending: GuestEnding? { machine.ending }

        @discardableResult
        func say(_ message: GuestMessage, at elapsed: Duration = .seconds(1)) -> [GuestMessage] {
            defer { sequence += 1 }
            return receive(message.frame(sequence: sequence).encoded(), at: elapsed)
        }

        func receive(_ bytes: [UInt8], at elapsed: Duration = .seconds(1)) -> [GuestMessage] { machine.received(bytes, at: elapsed) }

        func look(console size: Int, at elapsed: Duration) -> GuestEnding? { machine.looked(console: size, at: elapsed) }

        func end(isSuccess: Bool, status: String, stderr: String) -> GuestEnding {
            machine.emulatorEnded(isSuccess: isSuccess, status: status, stderr: stderr)
        }

        func release() -> Bool { machine.released() }
    }

    @Suite("Conversation")
    struct Conversation {
        @Test("hello, evidence and farewell lead from booting over ready to leaving")
        func wholeConversation() {
            let talk = Talk()
            #expect(talk.state == .booting)
            #expect(talk.say(hello) == [hello])
            #expect(talk.state == .ready)
            #expect(talk.say(.evidence(.status, bytes: [1])) == [.evidence(.status, bytes: [1])])
            #expect(talk.state == .ready)
            #expect(talk.say(.farewell) == [.farewell])
            #expect(talk.state == .leaving)
            #expect(talk.ending == nil)
        }

        @Test("a message may come in pieces, and several at once")
        func pieces() {
            let talk = Talk()
            let bytes = hello.frame(sequence: 0).encoded() + GuestMessage.farewell.frame(sequence: 1).encoded()
            #expect(talk.receive(Array(bytes.prefix(7))) == [])
            #expect(talk.receive(Array(bytes.dropFirst(7))) == [hello, .farewell])
        }

        @Test("anything before hello breaks the contract")
        func noHello() {
            let talk = Talk()
            #expect(talk.say(.farewell) == [])
            #expect(talk.ending == .protocolViolation(.malformedPayload(kind: 8)))
        }

        @Test("a second hello breaks the contract")
        func twoHellos() {
            let talk = Talk()
            talk.say(hello)
            #expect(talk.say(hello) == [])
            #expect(talk.ending == .protocolViolation(.malformedPayload(kind: 1)))
        }

        @Test("a guest that is to come up first says hello twice, and a third breaks the contract")
        func threeHellos() {
            let talk = Talk(hellos: 2)
            #expect(talk.say(hello) == [hello])
            #expect(talk.say(.phase(.rootMounted, uptimeMilliseconds: 1)) != [])
            #expect(talk.say(hello) == [hello])
            #expect(talk.say(hello) == [])
            #expect(talk.ending == .protocolViolation(.malformedPayload(kind: 1)))
        }

        @Test("a word after farewell breaks the contract")
        func afterFarewell() {
            let talk = Talk()
            talk.say(hello)
            talk.say(.farewell)
            #expect(talk.say(.phase(.clientsDone, uptimeMilliseconds: 1)) == [])
            #expect(talk.ending == .protocolViolation(.malformedPayload(kind: 2)))
        }

        @Test("a breach right behind a message is seen")
        func beforeBreach() {
            let talk = Talk()
            let bytes = hello.frame(sequence: 0).encoded() + Array("nonsense".utf8)
            _ = talk.receive(bytes)
            #expect(talk.ending == .protocolViolation(.badMagic(Array("nonsense".utf8))))
        }

        @Test("an evidence item over its limit breaks the contract, two items below it do not")
        func itemLimit() {
            let talk = Talk()
            talk.say(hello)
            let piece = [UInt8](repeating: 0, count: 32 << 10)
            for _ in 0..<(WireFormat.maximumItem / piece.count) {
                talk.say(.evidence(.agentLog, bytes: piece))
                talk.say(.evidence(.kernelLog, bytes: piece))
            }
            #expect(talk.state == .ready)
            talk.say(.evidence(.agentLog, bytes: [0]))
            #expect(talk.ending == .protocolViolation(.itemTooLarge(item: EvidenceItem.agentLog.rawValue)))
        }

        @Test("a guest that is over is not heard any more")
        func overIsOver() {
            let talk = Talk()
            talk.say(.farewell)
            let ending = talk.ending
            #expect(talk.say(hello) == [])
            #expect(talk.look(console: 1 << 30, at: .seconds(1000)) == ending)
            #expect(talk.end(isSuccess: true, status: "exited(0)", stderr: "") == ending)
            #expect(talk.release())
            #expect(talk.ending == ending)
        }
    }

    @Suite("Limits")
    struct Limits {
        let limits = GuestLimits(ready: .seconds(60), silence: .seconds(15), total: .seconds(90), shutdown: .seconds(10), console: 1000)

        @Test("a console that stands still before hello is a hang, one that grows is not")
        func silence() {
            let talk = Talk(limits)
            #expect(talk.look(console: 10, at: .seconds(10)) == nil)
            #expect(talk.look(console: 11, at: .seconds(20)) == nil)
            #expect(talk.look(console: 11, at: .seconds(35)) == nil)
            #expect(talk.look(console: 11, at: .seconds(36)) == .hung(seconds: 36))
        }

        @Test("a guest that prints on but never says hello hangs as well")
        func ready() {
            let talk = Talk(limits)
            for second in 1...60 { #expect(talk.look(console: second, at: .seconds(second)) == nil) }
            #expect(talk.look(console: 61, at: .seconds(61)) == .hung(seconds: 61))
        }

        @Test("a guest that said hello may be silent until its whole time is over")
        func total() {
            let talk = Talk(limits)
            talk.say(hello)
            #expect(talk.look(console: 1, at: .seconds(90)) == nil)
            #expect(talk.look(console: 1, at: .seconds(91)) == .deadline)
        }

        @Test("a guest that said farewell has its shutdown time, within the whole")
        func shutdown() {
            let talk = Talk(limits)
            talk.say(hello)
            talk.say(.farewell, at: .seconds(30))
            #expect(talk.look(console: 1, at: .seconds(40)) == nil)
            #expect(talk.look(console: 1, at: .seconds(41)) == .deadline)
        }

        @Test("a console past its limit ends the guest in every state", arguments: 0...2)
        func flood(said: Int) {
            let talk = Talk(limits)
            for message in [hello, .farewell].prefix(said) { talk.say(message) }
            #expect(talk.look(console: 1000, at: .seconds(1)) == nil)
            #expect(talk.look(console: 1001, at: .seconds(1)) == .consoleFlood(bytes: 1001))
        }
    }

    @Suite("The emulator's end")
    struct EmulatorEnd {
        @Test("with status 0 after farewell is a farewell")
        func farewell() {
            let talk = Talk()
            talk.say(hello)
            talk.say(.farewell)
            #expect(talk.end(isSuccess: true, status: "exited(0)", stderr: "") == .farewell)
        }

        @Test("with status 0 before farewell is early", arguments: [[], [hello]])
        func early(said: [GuestMessage]) {
            let talk = Talk()
            for message in said { talk.say(message) }
            #expect(talk.end(isSuccess: true, status: "exited(0)", stderr: "") == .endedEarly)
        }

        @Test("with an error is the emulator's, whatever was said", arguments: [[], [hello], [hello, .farewell]])
        func failed(said: [GuestMessage]) {
            let talk = Talk()
            for message in said { talk.say(message) }
            let ending = talk.end(isSuccess: false, status: "exited(1)", stderr: "no")
            #expect(ending == .emulatorExited(status: "exited(1)", stderr: "no"))
        }
    }

    @Suite("Release")
    struct Release {
        @Test("ends a guest that boots or is ready", arguments: [[], [hello]])
        func living(said: [GuestMessage]) {
            let talk = Talk()
            for message in said { talk.say(message) }
            #expect(talk.release())
            #expect(talk.ending == .released)
        }

        @Test("lets a leaving guest leave")
        func leaving() {
            let talk = Talk()
            talk.say(hello)
            talk.say(.farewell)
            #expect(!talk.release())
            #expect(talk.end(isSuccess: true, status: "exited(0)", stderr: "") == .farewell)
        }
    }
}
