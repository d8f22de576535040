internal import Glibc
internal import SystemPackage

/// From the command line to the exit status.
public enum AgentMain {
    public static func run(arguments: [String]) -> Int32 {
        let invocation: AgentInvocation
        do { invocation = try AgentInvocation(arguments: arguments) } catch {
            complain("\(error)")
            // EX_USAGE (sysexits.h): 2 is one of --status's answers.
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
                let daemon = AgentDaemon(configuration: configuration, executableFolder: executableFolder)
                if options.isConsole { endOnEnter() }
                return daemon.run()
            } catch {
                complain("\(error)")
                return 1
            }
        }
        return 0
    }

    /// A line on standard input is a signal to stop; its end is none, so that a console without a keyboard runs on.
    private static func endOnEnter() {
        var thread = pthread_t()
        pthread_create(&thread, nil, { _ in
            if readLine() != nil { kill(getpid(), SIGTERM) }
            return nil
        }, nil)
        pthread_detach(thread)
    }

    private static func complain(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll("\(AgentVersion.programName): \(text)\n".utf8)
    }

    private static var executableFolder: FilePath? {
        CallerClaims.link("/proc/self/exe").map { FilePath($0).removingLastComponent() }
    }
}
