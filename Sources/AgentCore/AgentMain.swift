internal import Glibc
internal import NIOPosix
internal import SystemPackage

/// From the command line to the exit status.
public enum AgentMain {
    public static func run(arguments: [String], parts: AgentParts = AgentParts()) -> Int32 {
        let invocation: AgentInvocation
        do { invocation = try AgentInvocation(arguments: arguments) } catch {
            complain("\(error)")
            // EX_USAGE (sysexits.h) and not the usual 2, which is an answer of --status: a wrong command line must not look like an agent that
            // started with an error.
            return 64
        }
        switch invocation {
        case .version: print(AgentVersion.current)
        case .help: print(AgentInvocation.helpText)
        case .status(let wait): return StatusQuery(endpoint: .proxy, wait: wait).run()
        case .run(let options):
            do {
                var configuration = try AgentConfiguration(
                    contentsOf: options.configuration ?? AgentConfiguration.defaultPath,
                    mayBeMissing: options.configuration == nil)
                if let object = options.bpfObject { configuration.bpfObject = object }
                // Created before any other thread, because it blocks the signals.
                let daemon = AgentDaemon(configuration: configuration, executableFolder: executableFolder, parts: parts)
                if options.endsOnEnter {
                    let keyboard = NIOThreadPool(numberOfThreads: 1)
                    keyboard.start()
                    ConsoleInput.onEnter(pool: keyboard) { kill(getpid(), SIGTERM) }
                }
                return daemon.run()
            } catch {
                complain("\(error)")
                return 1
            }
        }
        return 0
    }

    private static func complain(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll("\(AgentVersion.programName): \(text)\n".utf8)
    }

    private static var executableFolder: FilePath? {
        ProcessFolder.link("/proc/self/exe").map { FilePath($0).removingLastComponent() }
    }
}
