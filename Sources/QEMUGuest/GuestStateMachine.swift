import GuestProtocol

/// What has been heard of a guest, and what follows from it. No input or output: bytes and clock readings in, decisions out.
struct GuestStateMachine {
    enum State: Hashable {
        /// Booting; nothing was said yet.
        case booting
        case ready
        /// Farewell was said; only the emulator's end is due.
        case leaving
        case over(GuestEnding)
    }

    private(set) var state = State.booting
    private var decoder = FrameDecoder()
    private var itemSizes: [EvidenceItem: Int] = [:]
    private var consoleSize = 0
    private var consoleGrewAt = Duration.zero
    private var leftAt = Duration.zero
    private let limits: GuestLimits
    /// What the hello must repeat; nil for a guest that boots.
    private let nonce: UInt64?
    /// How often the guest may still say hello.
    private var hellos: Int

    init(limits: GuestLimits, nonce: UInt64? = nil, hellos: Int = 1) {
        self.limits = limits
        self.nonce = nonce
        self.hellos = hellos
    }

    /// How the guest ended, once it did.
    var ending: GuestEnding? {
        if case .over(let ending) = state { ending } else { nil }
    }

    /// Takes bytes from the control channel; returns the messages they completed. A violation ends the guest.
    mutating func received(_ bytes: some Sequence<UInt8>, at elapsed: Duration) -> [GuestMessage] {
        guard ending == nil else { return [] }
        var messages: [GuestMessage] = []
        do throws(ProtocolViolation) {
            for frame in try decoder.receive(bytes) {
                let message = try GuestMessage(frame)
                try check(message)
                advance(message, at: elapsed)
                messages.append(message)
            }
        } catch {
            state = .over(.protocolViolation(error))
        }
        return messages
    }

    /// Looks at the clock and the console. Returns the ending when it is time to end the guest.
    mutating func looked(console size: Int, at elapsed: Duration) -> GuestEnding? {
        if let ending { return ending }
        if size > consoleSize {
            consoleSize = size
            consoleGrewAt = elapsed
        }
        if size > limits.console { return end(.consoleFlood(bytes: size)) }
        switch state {
        case .booting where elapsed - consoleGrewAt > limits.silence || elapsed > min(limits.ready, limits.total):
            return end(.hung(seconds: Double(elapsed.components.seconds)))
        case .leaving where elapsed - leftAt > limits.shutdown: return end(.deadline)
        case .booting, .ready, .leaving: return elapsed > limits.total ? end(.deadline) : nil
        case .over(let ending): return ending
        }
    }

    /// The emulator exited.
    mutating func emulatorEnded(isSuccess: Bool, status: String, stderr: String) -> GuestEnding {
        switch state {
        case .over(let ending): ending
        case .leaving where isSuccess: end(.farewell)
        case .booting where isSuccess, .ready where isSuccess: end(.endedEarly)
        case .booting, .ready, .leaving: end(.emulatorExited(status: status, stderr: stderr))
        }
    }

    /// Nobody listens to the guest any more. Returns whether its emulator is to be ended, or exits.
    mutating func released() -> Bool {
        switch state {
        case .booting, .ready: state = .over(.released)
        case .leaving: return false
        case .over: break
        }
        return true
    }

    private mutating func end(_ ending: GuestEnding) -> GuestEnding {
        state = .over(ending)
        return ending
    }

    private mutating func advance(_ message: GuestMessage, at elapsed: Duration) {
        switch message {
        case .hello:
            state = .ready
            hellos -= 1
        case .farewell:
            state = .leaving
            leftAt = elapsed
        default: break
        }
    }

    /// The order of a conversation, and its bounds.
    private mutating func check(_ message: GuestMessage) throws(ProtocolViolation) {
        switch (state, message) {
        case (.booting, .hello): break
        case (.ready, .hello) where hellos > 0: break
        case (.booting, _), (.ready, .hello), (.leaving, _): throw .malformedPayload(kind: message.frame(sequence: 0).kind)
        default: break
        }
        if case .hello(let hello) = message, hello.waking?.nonce != nonce { throw .notWoken }
        if case .evidence(let item, let bytes) = message {
            itemSizes[item, default: 0] += bytes.count
            if itemSizes[item, default: 0] > WireFormat.maximumItem { throw .itemTooLarge(item: item.rawValue) }
        }
    }
}
