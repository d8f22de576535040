import MatrixModel

extension GuestPlan {
    func write(to writer: inout WireWriter) {
        writer.write(mode.rawValue)
        writer.write(layout.rawValue)
        writer.write(agentPath)
        writer.write(agentArguments) { $0.write($1) }
        writer.write(clients) { $1.write(to: &$0) }
        writer.write(agentDeadline)
        writer.write(clientDeadline)
    }

    init?(reading reader: inout WireReader) {
        guard let rawMode = reader.readUInt8(), let mode = Mode(rawValue: rawMode), let rawLayout = reader.readString(),
            let layout = CgroupLayout(rawValue: rawLayout), let agentPath = reader.readString(),
            let arguments = reader.readArray({ $0.readString() }), let clients = reader.readArray({ ClientSpec(reading: &$0) }),
            let agentDeadline = reader.readUInt32(), let clientDeadline = reader.readUInt32()
        else { return nil }
        self.init(
            mode: mode, layout: layout, agentPath: agentPath, agentArguments: arguments, clients: clients,
            agentDeadline: agentDeadline, clientDeadline: clientDeadline)
    }
}

extension ClientSpec {
    fileprivate func write(to writer: inout WireWriter) {
        writer.write(name)
        writer.write(kind.rawValue)
        writer.write(user)
        writer.write(address)
        writer.write(port)
        writer.write(path)
    }

    fileprivate init?(reading reader: inout WireReader) {
        guard let name = reader.readString(), let rawKind = reader.readUInt8(), let kind = Kind(rawValue: rawKind),
            let user = reader.readUInt32(), let address = reader.readData(), address.count == 4, let portLow = reader.readUInt8(),
            let portHigh = reader.readUInt8(), let path = reader.readString()
        else { return nil }
        self.init(name: name, kind: kind, user: user, address: address, port: UInt16(portHigh) << 8 | UInt16(portLow), path: path)
    }
}
