extension GuestMessage {
    private enum Kind: UInt8 {
        case hello = 1, phase, evidence, evidenceEnd, client, agentEnded, setupFailed, farewell, command, files
    }

    /// The message as a frame with the given sequence number.
    public func frame(sequence: UInt32) -> Frame {
        var writer = WireWriter()
        let kind: Kind
        switch self {
        case .hello(let hello):
            kind = .hello
            writer.write(hello.version)
            writer.write(hello.release)
            writer.write(hello.machine)
            writer.write(hello.uptimeMilliseconds)
            writer.write(hello.waking != nil)
            hello.waking?.write(to: &writer)
            writer.write(hello.build)
        case .phase(let phase, let uptime):
            kind = .phase
            writer.write(phase.rawValue)
            writer.write(uptime)
        case .evidence(let item, let bytes):
            kind = .evidence
            writer.write(item.rawValue)
            writer.write(bytes)
        case .evidenceEnd(let item, let length, let isTruncated):
            kind = .evidenceEnd
            writer.write(item.rawValue)
            writer.write(length)
            writer.write(isTruncated)
        case .client(let report):
            kind = .client
            report.write(to: &writer)
        case .command(let report):
            kind = .command
            report.write(to: &writer)
        case .files(let listing):
            kind = .files
            listing.write(to: &writer)
        case .agentEnded(let ending):
            kind = .agentEnded
            ending.write(to: &writer)
        case .setupFailed(let step, let reason):
            kind = .setupFailed
            writer.write(step)
            writer.write(reason)
        case .farewell:
            kind = .farewell
        }
        return Frame(kind: kind.rawValue, sequence: sequence, payload: writer.bytes)
    }

    /// Reads a frame. Nothing may be left over in its payload.
    public init(_ frame: Frame) throws(ProtocolViolation) {
        guard let kind = Kind(rawValue: frame.kind) else { throw .unknownKind(frame.kind) }
        var reader = WireReader(frame.payload[...])
        guard let message = Self.read(kind, &reader), reader.isAtEnd else { throw .malformedPayload(kind: frame.kind) }
        if case .hello(let hello) = message, hello.version != WireFormat.version { throw .versionMismatch(hello.version) }
        self = message
    }

    private static func read(_ kind: Kind, _ reader: inout WireReader) -> GuestMessage? {
        switch kind {
        case .hello:
            guard let version = reader.readUInt32(), let release = reader.readString(), let machine = reader.readString(),
                let uptime = reader.readUInt64()
            else { return nil }
            // Later versions may say more, and are refused for their version and not for that.
            guard version == WireFormat.version else {
                while reader.readUInt8() != nil {}
                return .hello(GuestHello(version: version, release: release, machine: machine, uptimeMilliseconds: uptime))
            }
            guard let wasWoken = reader.readBool() else { return nil }
            let waking = wasWoken ? WakeReport(reading: &reader) : nil
            guard (waking != nil) == wasWoken, let build = reader.readString() else { return nil }
            return .hello(GuestHello(version: version, release: release, build: build, machine: machine, uptimeMilliseconds: uptime, waking: waking))
        case .phase:
            guard let raw = reader.readUInt8(), let phase = GuestPhase(rawValue: raw), let uptime = reader.readUInt64() else { return nil }
            return .phase(phase, uptimeMilliseconds: uptime)
        case .evidence:
            guard let raw = reader.readUInt8(), let item = EvidenceItem(rawValue: raw), let bytes = reader.readData() else { return nil }
            return .evidence(item, bytes: bytes)
        case .evidenceEnd:
            guard let raw = reader.readUInt8(), let item = EvidenceItem(rawValue: raw), let length = reader.readUInt64(),
                let isTruncated = reader.readBool()
            else { return nil }
            return .evidenceEnd(item, length: length, isTruncated: isTruncated)
        case .client: return ClientReport(reading: &reader).map(GuestMessage.client)
        case .command: return CommandReport(reading: &reader).map(GuestMessage.command)
        case .files: return FileListing(reading: &reader).map(GuestMessage.files)
        case .agentEnded: return ProcessEnding(reading: &reader).map(GuestMessage.agentEnded)
        case .setupFailed:
            guard let step = reader.readString(), let reason = reader.readString() else { return nil }
            return .setupFailed(step: step, reason: reason)
        case .farewell: return .farewell
        }
    }
}
