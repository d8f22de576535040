public import SystemPackage

/// What the command line asks for.
public enum AgentInvocation: Hashable, Sendable {
    case version
    case help
    case run(Options)
    /// How long to wait, in seconds.
    case status(wait: Int)

    public struct Options: Hashable, Sendable {
        /// Nil for the default file, which may be missing.
        public var configuration: FilePath?
        /// Tried before any other BPF object.
        public var bpfObject: FilePath?
        /// Whether Enter ends the agent, as signals do.
        public var endsOnEnter: Bool

        public init(configuration: FilePath? = nil, bpfObject: FilePath? = nil, endsOnEnter: Bool = false) {
            self.configuration = configuration
            self.bpfObject = bpfObject
            self.endsOnEnter = endsOnEnter
        }
    }

    public struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
        public let reason: String
        public var description: String { "\(reason)\nTry '\(AgentVersion.programName) --help'." }
    }

    public static let helpText = """
        usage: azure-proxy-agent [console] [--config PATH] [--bpf-object PATH]
               azure-proxy-agent --status [--wait SECONDS]
               azure-proxy-agent --version | --help

        Redirects connections to the platform's metadata endpoints to 127.0.0.1:3080 and forwards them with the caller's claims.

          console             run in the foreground, as always; Enter ends it too
          --config PATH       configuration (default: /etc/azure/proxy-agent.json, if it exists)
          --bpf-object PATH   BPF object to load (default: /usr/lib/azure-proxy-agent/ebpf_cgroup.o)
          -s, --status        query the running agent: exit 0 ready, 1 not ready yet, 2 failed (reason on standard output)
          -w, --wait SECONDS  wait at most this long until it is ready (default: 0)
          -v, --version       print the version
          -h, --help          print this help

        Ends on SIGTERM or SIGINT. Exit status: 0 ended on request, 1 invalid configuration, 64 usage.
        """

    /// - Parameter arguments: Without the program's name.
    public init(arguments: [String]) throws(UsageError) {
        var options = Options()
        var rest = arguments[...]
        var asksStatus = false
        var wait: Int?
        while let argument = rest.popFirst() {
            switch argument {
            case "-v", "--version":
                self = .version
                return
            case "-h", "--help":
                self = .help
                return
            case "console" where !options.endsOnEnter: options.endsOnEnter = true
            case "-s", "--status": asksStatus = true
            case "-w", "--wait":
                guard let value = rest.popFirst().flatMap({ Int($0) }), (0...86_400).contains(value) else {
                    throw UsageError(reason: "'\(argument)' needs a number of seconds")
                }
                wait = value
            case "--config": options.configuration = try Self.path(argument, &rest)
            case "--bpf-object": options.bpfObject = try Self.path(argument, &rest)
            default: throw UsageError(reason: "unexpected argument '\(argument)'")
            }
        }
        guard asksStatus else {
            guard wait == nil else { throw UsageError(reason: "'--wait' requires '--status'") }
            self = .run(options)
            return
        }
        guard options == Options() else { throw UsageError(reason: "'--status' can be combined only with '--wait'") }
        self = .status(wait: wait ?? 0)
    }

    private static func path(_ option: String, _ rest: inout ArraySlice<String>) throws(UsageError) -> FilePath {
        guard let value = rest.popFirst(), !value.isEmpty else { throw UsageError(reason: "'\(option)' needs a path") }
        return FilePath(value)
    }
}
