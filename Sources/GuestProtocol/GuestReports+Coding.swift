extension ClientReport {
    func write(to writer: inout WireWriter) {
        writer.write(name)
        writer.write(optional: connectError)
        writer.write(peer)
        writer.write(optional: httpStatus)
        writer.write(hasProxyHeader)
        writer.write(body)
        writer.write(bodyChecksum)
        writer.write(microseconds)
        writer.write(failure)
    }

    init?(reading reader: inout WireReader) {
        guard let name = reader.readString(), let connectError = reader.readOptionalInt32(), let peer = reader.readString(),
            let httpStatus = reader.readOptionalInt32(), let hasProxyHeader = reader.readBool(), let body = reader.readData(),
            let bodyChecksum = reader.readUInt32(), let microseconds = reader.readUInt64(), let failure = reader.readString()
        else { return nil }
        self.init(
            name: name, connectError: connectError, peer: peer, httpStatus: httpStatus, hasProxyHeader: hasProxyHeader, body: body,
            bodyChecksum: bodyChecksum, microseconds: microseconds, failure: failure)
    }
}

extension CommandReport {
    func write(to writer: inout WireWriter) {
        writer.write(name)
        writer.write(ending != nil)
        ending?.write(to: &writer)
        writer.write(output)
        writer.write(microseconds)
    }

    init?(reading reader: inout WireReader) {
        guard let name = reader.readString(), let hasEnded = reader.readBool() else { return nil }
        let ending = hasEnded ? ProcessEnding(reading: &reader) : nil
        guard (ending != nil) == hasEnded, let output = reader.readData(), let microseconds = reader.readUInt64() else { return nil }
        self.init(name: name, ending: ending, output: output, microseconds: microseconds)
    }
}

extension FileListing {
    func write(to writer: inout WireWriter) {
        writer.write(path)
        writer.write(entries) { $1.write(to: &$0) }
    }

    init?(reading reader: inout WireReader) {
        guard let path = reader.readString(), let entries = reader.readArray({ Entry(reading: &$0) }) else { return nil }
        self.init(path: path, entries: entries)
    }
}

extension FileListing.Entry {
    fileprivate func write(to writer: inout WireWriter) {
        writer.write(path)
        for value in [mode, user, group] { writer.write(value) }
        writer.write(size)
    }

    fileprivate init?(reading reader: inout WireReader) {
        guard let path = reader.readString(), let mode = reader.readUInt32(), let user = reader.readUInt32(),
            let group = reader.readUInt32(), let size = reader.readUInt64()
        else { return nil }
        self.init(path: path, mode: mode, user: user, group: group, size: size)
    }
}

extension ProcessEnding {
    func write(to writer: inout WireWriter) {
        switch self {
        case .exited(let code):
            writer.write(UInt8(0))
            writer.write(code)
        case .signalled(let signal):
            writer.write(UInt8(1))
            writer.write(signal)
        case .notStarted(let error):
            writer.write(UInt8(2))
            writer.write(error)
        case .startedAgain(let times):
            writer.write(UInt8(3))
            writer.write(times)
        }
    }

    init?(reading reader: inout WireReader) {
        guard let kind = reader.readUInt8(), let value = reader.readInt32() else { return nil }
        switch kind {
        case 0: self = .exited(code: value)
        case 1: self = .signalled(signal: value)
        case 2: self = .notStarted(error: value)
        case 3: self = .startedAgain(times: value)
        default: return nil
        }
    }
}
