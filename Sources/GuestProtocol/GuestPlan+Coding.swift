import MatrixModel

extension GuestPlan {
    func write(to writer: inout WireWriter) {
        writer.write(mode.rawValue)
        userland.write(to: &writer)
        writer.write(layout.rawValue)
        writer.write(agentPath)
        writer.write(agentArguments) { $0.write($1) }
        writer.write(steps) { $1.write(to: &$0) }
        writer.write(awaitsSuccess)
        writer.write(agentDeadline)
        writer.write(settlingWords) { $1.write(to: &$0) }
        writer.write(logs) { $1.write(to: &$0) }
        writer.write(clientDeadline)
        writer.write(burstDeadline)
    }

    init?(reading reader: inout WireReader) {
        guard let rawMode = reader.readUInt8(), let mode = Mode(rawValue: rawMode), let userland = Userland(reading: &reader),
            let rawLayout = reader.readString(),
            let layout = CgroupLayout(rawValue: rawLayout), let agentPath = reader.readString(),
            let arguments = reader.readArray({ $0.readString() }), let steps = reader.readArray({ GuestStep(reading: &$0) }),
            let awaitsSuccess = reader.readBool(), let agentDeadline = reader.readUInt32(),
            let words = reader.readArray({ SettlingWords(reading: &$0) }), let logs = reader.readArray({ AgentLogFile(reading: &$0) }),
            let clientDeadline = reader.readUInt32(), let burstDeadline = reader.readUInt32()
        else { return nil }
        self.init(
            mode: mode, userland: userland, layout: layout, agentPath: agentPath, agentArguments: arguments, steps: steps, awaitsSuccess: awaitsSuccess,
            agentDeadline: agentDeadline, settlingWords: words, logs: logs, clientDeadline: clientDeadline, burstDeadline: burstDeadline)
    }
}

extension SettlingWords {
    fileprivate func write(to writer: inout WireWriter) {
        writer.write(path)
        writer.write(text)
        writer.write(lines)
    }

    fileprivate init?(reading reader: inout WireReader) {
        guard let path = reader.readString(), let text = reader.readString(), let lines = reader.readUInt32() else { return nil }
        self.init(path: path, text: text, lines: lines)
    }
}

extension AgentLogFile {
    fileprivate func write(to writer: inout WireWriter) {
        writer.write(item.rawValue)
        writer.write(path)
    }

    fileprivate init?(reading reader: inout WireReader) {
        guard let item = reader.readUInt8().flatMap(EvidenceItem.init(rawValue:)), let path = reader.readString() else { return nil }
        self.init(item: item, path: path)
    }
}

extension Userland {
    fileprivate func write(to writer: inout WireWriter) {
        switch self {
        case .micro: writer.write(false)
        case .distribution(let start):
            writer.write(true)
            start.root.write(to: &writer)
            // No path is empty.
            writer.write(start.package ?? "")
            writer.write(start.isDeployment)
        }
    }

    fileprivate init?(reading reader: inout WireReader) {
        guard let isDistribution = reader.readBool() else { return nil }
        guard isDistribution else {
            self = .micro
            return
        }
        guard let root = DistributionStart.Root(reading: &reader), let package = reader.readString(), let isDeployment = reader.readBool() else { return nil }
        self = .distribution(DistributionStart(root: root, package: package.isEmpty ? nil : package, isDeployment: isDeployment))
    }
}

extension DistributionStart.Root {
    fileprivate func write(to writer: inout WireWriter) {
        switch self {
        case .mounted: writer.write(false)
        case .disk(let fileSystem, let partition):
            writer.write(true)
            writer.write(fileSystem)
            // Partitions are counted from 1.
            writer.write(partition ?? 0)
        }
    }

    fileprivate init?(reading reader: inout WireReader) {
        guard let isOnDisk = reader.readBool() else { return nil }
        guard isOnDisk else {
            self = .mounted
            return
        }
        guard let fileSystem = reader.readString(), let partition = reader.readUInt32() else { return nil }
        self = .disk(fileSystem: fileSystem, partition: partition == 0 ? nil : partition)
    }
}

extension GuestStep {
    private enum Kind: UInt8 {
        case startAgent = 1, stopAgent, pause, clients, burst, open, finish, listen, write, remove, command, list, status, await, awaitStatus
    }

    fileprivate func write(to writer: inout WireWriter) {
        func kind(_ kind: Kind) { writer.write(kind.rawValue) }
        switch self {
        case .startAgent: kind(.startAgent)
        case .stopAgent(let signal):
            kind(.stopAgent)
            writer.write(signal)
        case .pause(let milliseconds):
            kind(.pause)
            writer.write(milliseconds)
        case .clients(let specs):
            kind(.clients)
            writer.write(specs) { $1.write(to: &$0) }
        case .burst(let specs, let count):
            kind(.burst)
            writer.write(specs) { $1.write(to: &$0) }
            writer.write(count)
        case .open(let specs):
            kind(.open)
            writer.write(specs) { $1.write(to: &$0) }
        case .finish: kind(.finish)
        case .listen(let address, let port):
            kind(.listen)
            writer.write(address)
            writer.write(port)
        case .write(let path, let content, let mode):
            kind(.write)
            writer.write(path)
            writer.write(content)
            writer.write(mode)
        case .remove(let path):
            kind(.remove)
            writer.write(path)
        case .command(let spec):
            kind(.command)
            writer.write(spec.name)
            writer.write(spec.path)
            writer.write(spec.arguments) { $0.write($1) }
        case .list(let path):
            kind(.list)
            writer.write(path)
        case .status(let item):
            kind(.status)
            writer.write(item.rawValue)
        case .await(let path, let milliseconds):
            kind(.await)
            writer.write(path)
            writer.write(milliseconds)
        case .awaitStatus(let milliseconds):
            kind(.awaitStatus)
            writer.write(milliseconds)
        }
    }

    fileprivate init?(reading reader: inout WireReader) {
        guard let raw = reader.readUInt8(), let kind = Kind(rawValue: raw), let step = Self.read(kind, &reader) else { return nil }
        self = step
    }

    private static func read(_ kind: Kind, _ reader: inout WireReader) -> GuestStep? {
        switch kind {
        case .startAgent: return .startAgent
        case .stopAgent: return reader.readInt32().map(GuestStep.stopAgent)
        case .pause: return reader.readUInt32().map(GuestStep.pause)
        case .clients: return reader.readArray { ClientSpec(reading: &$0) }.map(GuestStep.clients)
        case .burst:
            guard let specs = reader.readArray({ ClientSpec(reading: &$0) }), let count = reader.readUInt32() else { return nil }
            return .burst(specs, count: count)
        case .open: return reader.readArray { ClientSpec(reading: &$0) }.map(GuestStep.open)
        case .finish: return .finish
        case .listen:
            guard let address = reader.readAddress(), let port = reader.readUInt16() else { return nil }
            return .listen(address: address, port: port)
        case .write:
            guard let path = reader.readString(), let content = reader.readData(), let mode = reader.readUInt32() else { return nil }
            return .write(path: path, content: content, mode: mode)
        case .remove: return reader.readString().map(GuestStep.remove)
        case .command:
            guard let name = reader.readString(), let path = reader.readString(),
                let arguments = reader.readArray({ $0.readString() })
            else { return nil }
            return .command(CommandSpec(name: name, path: path, arguments: arguments))
        case .list: return reader.readString().map(GuestStep.list)
        case .await:
            guard let path = reader.readString(), let milliseconds = reader.readUInt32() else { return nil }
            return .await(path: path, milliseconds: milliseconds)
        case .awaitStatus: return reader.readUInt32().map(GuestStep.awaitStatus)
        case .status: return reader.readUInt8().flatMap(EvidenceItem.init(rawValue:)).map(GuestStep.status)
        }
    }
}

extension ClientTask {
    func write(to writer: inout WireWriter) {
        writer.write(specs) { $1.write(to: &$0) }
        writer.write(isBurst)
        writer.write(deadline)
    }

    init?(reading reader: inout WireReader) {
        guard let specs = reader.readArray({ ClientSpec(reading: &$0) }), let isBurst = reader.readBool(),
            let deadline = reader.readUInt32()
        else { return nil }
        self.init(specs: specs, isBurst: isBurst, deadline: deadline)
    }
}

extension ClientSpec {
    fileprivate func write(to writer: inout WireWriter) {
        writer.write(name)
        writer.write(kind.rawValue)
        identity.write(to: &writer)
        writer.write(executable)
        writer.write(isolation.rawValue)
        writer.write(address)
        writer.write(port)
        writer.write(request)
    }

    fileprivate init?(reading reader: inout WireReader) {
        guard let name = reader.readString(), let rawKind = reader.readUInt8(), let kind = Kind(rawValue: rawKind),
            let identity = ClientIdentity(reading: &reader), let executable = reader.readString(), let rawIsolation = reader.readUInt8(),
            let isolation = Isolation(rawValue: rawIsolation), let address = reader.readAddress(),
            let port = reader.readUInt16(), let request = reader.readData()
        else { return nil }
        self.init(name: name, kind: kind, identity: identity, executable: executable, isolation: isolation, address: address, port: port, request: request)
    }
}

extension ClientIdentity {
    fileprivate func write(to writer: inout WireWriter) {
        writer.write(user)
        writer.write(group)
        writer.write(groups) { $0.write($1) }
        writer.write(effectiveUser != nil)
        writer.write(effectiveUser ?? 0)
        writer.write(isShortLived)
    }

    fileprivate init?(reading reader: inout WireReader) {
        guard let user = reader.readUInt32(), let group = reader.readUInt32(), let groups = reader.readArray({ $0.readUInt32() }),
            let hasEffective = reader.readBool(), let effective = reader.readUInt32(), let isShortLived = reader.readBool()
        else { return nil }
        self.init(user: user, group: group, groups: groups, effectiveUser: hasEffective ? effective : nil, isShortLived: isShortLived)
    }
}

extension WireReader {
    /// Four octets or sixteen.
    fileprivate mutating func readAddress() -> [UInt8]? { readData().flatMap { [4, 16].contains($0.count) ? $0 : nil } }
}
