/// What the stand-in needs of QEMU's command line.
struct Invocation {
    /// The file that takes the guest's console.
    let console: String
    /// The socket of the control channel.
    let control: String
    let kernelArguments: [String]

    init?(_ arguments: [String]) {
        let values = zip(arguments, arguments.dropFirst())
        let chardevs = values.filter { $0.0 == "-chardev" }.map(\.1)
        func path(_ id: String) -> String? {
            let options = chardevs.map { $0.split(separator: ",") }.first { $0.contains("id=\(id)") }
            return options?.first { $0.hasPrefix("path=") }.map { String($0.dropFirst("path=".count)) }
        }
        guard let console = path("console"), let control = path("control"), let append = values.first(where: { $0.0 == "-append" })?.1 else {
            return nil
        }
        self.console = console
        self.control = control
        kernelArguments = append.split(separator: " ").map(String.init)
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
    /// Never connects to the control channel.
    case noConnect = "no-connect"
}
