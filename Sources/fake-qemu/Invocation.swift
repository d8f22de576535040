import Glibc

/// What the stand-in needs of QEMU's command line.
struct Invocation {
    /// The file that takes the guest's console.
    let console: String
    /// The socket of the control channel.
    let control: String
    let kernelArguments: [String]
    /// The socket of the monitor; nil for a guest that just boots.
    let monitor: String?
    /// The socket of the guest's network; nil for a guest without one.
    let network: String?
    /// The file that is the guest's memory; nil for a guest without one.
    let memory: String?
    /// Whether it is a distribution.
    let hasRoot: Bool
    /// Whether the guest comes from a snapshot.
    let isRestored: Bool

    init?(_ arguments: [String]) {
        let values = zip(arguments, arguments.dropFirst())
        let chardevs = values.filter { $0.0 == "-chardev" }.map(\.1)
        func path(_ id: String) -> String? {
            let options = chardevs.map { $0.split(separator: ",") }.first { $0.contains("id=\(id)") }
            return options?.first { $0.hasPrefix("path=") }.map { String($0.dropFirst("path=".count)) }
        }
        isRestored = arguments.contains("-incoming")
        let append = values.first { $0.0 == "-append" }?.1
        guard let console = path("console"), let control = path("control"), isRestored || append != nil else { return nil }
        self.console = console
        self.control = control
        monitor = path("monitor")
        network = values.first { $0.0 == "-netdev" }?.1.split(separator: ",").first { $0.hasPrefix("addr.path=") }.map {
            String($0.dropFirst("addr.path=".count))
        }
        let object = values.first { $0.0 == "-object" }?.1.split(separator: ",").first { $0.hasPrefix("mem-path=") }
        memory = object.map { String($0.dropFirst("mem-path=".count)) }
        hasRoot = values.contains { $0.0 == "-drive" && $0.1.contains("id=kmatrix-root,") }
        // What a guest from a snapshot does is told by the one it is a copy of: its memory has the words.
        let words = isRestored ? memory.map(Self.content) ?? "" : append ?? ""
        kernelArguments = words.split(separator: " ").map(String.init)
    }

    private static func content(of path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        return String(decoding: UnixSocket.read(from: file), as: UTF8.self)
    }

    var behaviour: Behaviour? {
        guard let name = kernelArguments.last(where: { $0.hasPrefix("fake=") })?.dropFirst("fake=".count) else {
            return kernelArguments.contains("kmatrix.poweroff") ? .powerOff : .complete
        }
        return Behaviour(rawValue: String(name))
    }
}

/// How the guest lives or dies; the raw value is the name in the kernel argument `fake=`.
enum Behaviour: String {
    /// Whether it gets as far as to say hello and nothing wrong before.
    var waitsForPlan: Bool {
        switch self {
        case .complete, .unattached, .unserved, .unservedOnce, .stuck, .monitorRefuses, .monitorBabbles, .monitorFloods, .migrationFails, .stateWithheld,
            .setupFails, .neverWakes, .wrongNonce, .noSeed, .noSeedOnce:
            true
        default: false
        }
    }

    /// Everything as planned.
    case complete
    /// As planned, but the agent could not attach and cgroup v2 is nowhere.
    case unattached
    /// As planned, but a client gets no answer.
    case unserved
    /// As `unserved` at the first attempt, and as planned at the next.
    case unservedOnce = "unserved-once"
    /// Boots and switches off without a word on the control channel.
    case powerOff = "power-off"
    /// A line on the console, then nothing.
    case silent
    /// Prints without end.
    case flood
    /// Bytes that are no frame.
    case garbage
    /// A header that announces more than is allowed.
    case oversized
    case badChecksum = "bad-checksum"
    case wrongVersion = "wrong-version"
    /// One piece of evidence without end.
    case hugeItem = "huge-item"
    /// Ends inside a frame.
    case halfFrame = "half-frame"
    /// The kernel panics before the hello.
    case panic
    /// Ends with status 0 before the hello.
    case exitEarly = "exit-early"
    /// Ends with status 3 and a word on standard error.
    case exitCode = "exit-code"
    /// Says hello and nothing more, and SIGTERM does not end it.
    case ignoreTerm = "ignore-term"
    /// Says hello and nothing more.
    case stuck
    /// Says farewell and stays.
    case slowLeave = "slow-leave"
    /// The monitor refuses a capability.
    case monitorRefuses = "monitor-refuses"
    /// The monitor talks nonsense.
    case monitorBabbles = "monitor-babbles"
    /// The monitor says one line without end.
    case monitorFloods = "monitor-floods"
    /// The state of the devices cannot be saved.
    case migrationFails = "migration-fails"
    case stateWithheld = "state-withheld"
    case setupFails = "setup-fails"
    /// A snapshot is made as planned, and no copy of it says a word.
    case neverWakes = "never-wakes"
    /// A copy answers another's wake call.
    case wrongNonce = "wrong-nonce"
    /// A copy could not take the seed it was given.
    case noSeed = "no-seed"
    /// The same, but for the second time in a folder.
    case noSeedOnce = "no-seed-once"
    /// Never connects to the control channel.
    case noConnect = "no-connect"
}
