import Glibc

/// The emulator's monitor (QMP), as far as snapshots need it.
struct MonitorLine {
    private let socket: Int32
    private var pending: [UInt8] = []

    /// - Parameter path: Where the harness listens.
    init(_ path: String) {
        guard let socket = UnixSocket.connect(path) else { StandIn.fail("monitor: \(String(cString: strerror(errno)))") }
        self.socket = socket
        say(#"{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": "fake"}, "capabilities": ["oob"]}}"#)
    }

    func say(_ line: String) { _ = UnixSocket.write(Array("\(line)\r\n".utf8), to: socket) }

    /// Answers commands until one is answered that ends the matter: the state was saved and the emulator told to quit, or loaded.
    /// - Parameter behaviour: What goes wrong, if anything.
    mutating func serve(_ behaviour: Behaviour) {
        while let command = nextLine() {
            switch Self.name(of: command) {
            case "migrate-set-capabilities" where behaviour == .monitorRefuses:
                say(#"{"error": {"class": "GenericError", "desc": "Parameter 'capability' does not accept value 'x-ignore-shared'"}}"#)
            case "migrate" where behaviour == .monitorBabbles: say(String(repeating: "x", count: 100))
            case "migrate" where behaviour == .monitorFloods: while UnixSocket.write([UInt8](repeating: UInt8(ascii: "{"), count: 1 << 16), to: socket) {}
            case "migrate" where behaviour == .migrationFails:
                say(#"{"return": {}}"#)
                say(#"{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "MIGRATION", "data": {"status": "failed"}}"#)
            case "migrate":
                if behaviour != .stateWithheld { giveState() }
                say(#"{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "MIGRATION", "data": {"status": "active"}}"#)
                say(#"{"return": {}}"#)
                say(#"{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "MIGRATION", "data": {"status": "completed"}}"#)
            case "query-migrate": say(#"{"return": {"status": "completed", "ram": {"total": 1}}}"#)
            case "migrate-incoming":
                takeState { say(#"{"return": {}}"#) }
                say(#"{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "MIGRATION", "data": {"status": "completed"}}"#)
                return
            case "quit":
                say(#"{"return": {}}"#)
                exit(0)
            default: say(#"{"return": {}}"#)
            }
        }
    }

    /// Writes what an emulator leaves in its folder.
    func save(_ name: String, _ text: String) {
        let file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        _ = UnixSocket.write(Array(text.utf8), to: file)
        close(file)
    }

    /// Gives the state of no device.
    private func giveState() {
        guard let connection = UnixSocket.connect("sockets/outgoing.sock") else { StandIn.fail("outgoing: \(String(cString: strerror(errno)))") }
        _ = UnixSocket.write(Array("the state of no device".utf8), to: connection)
        close(connection)
    }

    /// Takes the state of the devices, whatever it is.
    /// - Parameter listening: Called once somebody can connect.
    private func takeState(_ listening: () -> Void) {
        guard let server = UnixSocket.listen("sockets/incoming.sock") else { StandIn.fail("incoming: \(String(cString: strerror(errno)))") }
        listening()
        let connection = accept(server, nil, nil)
        while !UnixSocket.read(from: connection).isEmpty {}
        close(connection)
        close(server)
    }

    private mutating func nextLine() -> String? {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                defer { pending.removeFirst(end + 1) }
                return String(decoding: pending[..<end], as: UTF8.self)
            }
            let bytes = UnixSocket.read(from: socket)
            if bytes.isEmpty { return nil }
            pending += bytes
        }
    }

    /// The harness writes its keys in order, so the command's name comes after `"execute":"`.
    private static func name(of command: String) -> String? {
        let parts = command.split(separator: "\"", omittingEmptySubsequences: true).map(String.init)
        return parts.firstIndex(of: "execute").flatMap { $0 + 2 < parts.count ? parts[$0 + 2] : nil }
    }
}
