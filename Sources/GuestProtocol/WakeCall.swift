/// The first words of the host to a guest that was brought back from a snapshot, which cannot notice that on its own.
///
/// The guest puts right what it shares with every other copy of the snapshot, counts its frames from 0 again, and says hello with a report.
public struct WakeCall: Hashable, Sendable {
    /// In bytes: what the kernel's generator takes as a whole key, twice.
    public static let seedSize = 64

    /// Chosen again for each copy; the hello that answers repeats it.
    public let nonce: UInt64
    /// The host's time in microseconds since 1970, UTC.
    public let time: UInt64
    /// Random bytes that no other copy gets.
    public let seed: [UInt8]

    public init(nonce: UInt64, time: UInt64, seed: [UInt8]) {
        self.nonce = nonce
        self.time = time
        self.seed = seed
    }
}

/// What a guest that was woken found and put right.
public struct WakeReport: Hashable, Sendable {
    public let nonce: UInt64
    /// The guest's time when it was woken, and after it was set, in microseconds since 1970, UTC.
    public let timeBefore: UInt64
    public let timeAfter: UInt64
    /// The errno of setting the clock, of crediting the seed (RNDADDENTROPY) and of drawing on it at once (RNDRESEEDCRNG); 0 for success.
    public let clockError: Int32
    public let seedError: Int32
    public let reseedError: Int32

    public init(nonce: UInt64, timeBefore: UInt64, timeAfter: UInt64, clockError: Int32, seedError: Int32, reseedError: Int32) {
        self.nonce = nonce
        self.timeBefore = timeBefore
        self.timeAfter = timeAfter
        self.clockError = clockError
        self.seedError = seedError
        self.reseedError = reseedError
    }

    /// Whether clock and random numbers are the guest's own now.
    public var isRight: Bool { clockError == 0 && seedError == 0 && reseedError == 0 }
}

extension WakeCall {
    func write(to writer: inout WireWriter) {
        writer.write(nonce)
        writer.write(time)
        writer.write(seed)
    }

    init?(reading reader: inout WireReader) {
        guard let nonce = reader.readUInt64(), let time = reader.readUInt64(), let seed = reader.readData() else { return nil }
        self.init(nonce: nonce, time: time, seed: seed)
    }
}

extension WakeReport {
    func write(to writer: inout WireWriter) {
        for value in [nonce, timeBefore, timeAfter] { writer.write(value) }
        for value in [clockError, seedError, reseedError] { writer.write(value) }
    }

    init?(reading reader: inout WireReader) {
        guard let nonce = reader.readUInt64(), let before = reader.readUInt64(), let after = reader.readUInt64(),
            let clock = reader.readInt32(), let seed = reader.readInt32(), let reseed = reader.readInt32()
        else { return nil }
        self.init(nonce: nonce, timeBefore: before, timeAfter: after, clockError: clock, seedError: seed, reseedError: reseed)
    }
}
