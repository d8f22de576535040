import AgentCore
import Glibc
import SystemPackage

/// Faults that lie outside the agent's parts: what happened before the agent starts.
extension Mutation {
    func prepare(arguments: [String]) throws {
        switch self {
        case .crashesKernel: Self.soon { _ in Self.crashKernel() }
        case .panicsKernel: Self.soon { _ in Self.provoke("PANIC") }
        // Reads through a null pointer.
        case .oopsesKernel: Self.soon { _ in Self.provoke("EXCEPTION") }
        case .crashes: Self.soon { _ in abort() }
        case .cannotListen: try Self.occupy(Endpoint.proxy.port)
        case .forgetsKey: try Self.forgetKeys(arguments)
        default: break
        }
    }

    /// The key takes half a second in an emulated guest; this agent does not live as long.
    private static func soon(_ handler: @escaping @convention(c) (Int32) -> Void) {
        signal(SIGALRM, handler)
        var time = itimerval(it_interval: timeval(), it_value: timeval(tv_sec: 0, tv_usec: 300_000))
        setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &time, nil)
    }

    /// The kernel's own way to a panic (sysrq.rst: `c`).
    private static func crashKernel() {
        let trigger = Glibc.open("/proc/sysrq-trigger", O_WRONLY)
        var command = UInt8(ascii: "c")
        _ = write(trigger, &command, 1)
    }

    /// Asks the kernel's tests of its own crashes for one (lkdtm, provoke-crash.rst).
    private static func provoke(_ crash: StaticString) {
        mkdir("/sys/kernel/debug", 0o700)
        mount("none", "/sys/kernel/debug", "debugfs", 0, nil)
        let trigger = Glibc.open("/sys/kernel/debug/provoke-crash/DIRECT", O_WRONLY)
        _ = write(trigger, crash.utf8Start, crash.utf8CodeUnitCount)
    }

    /// Holds the port for the rest of the process's life. Nothing listens on it, so connections are refused at once.
    private static func occupy(_ port: UInt16) throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr = in_addr(s_addr: INADDR_LOOPBACK.bigEndian)
        let outcome = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard outcome == 0 else { throw Errno(rawValue: errno) }
    }

    /// Moves the folder of an earlier start away.
    private static func forgetKeys(_ arguments: [String]) throws {
        guard case .run(let options) = try AgentInvocation(arguments: arguments) else { return }
        let configuration = try AgentConfiguration(contentsOf: options.configuration ?? AgentConfiguration.defaultPath, mayBeMissing: true)
        let outcome = configuration.keyFolder.withPlatformString { folder in
            FilePath("\(configuration.keyFolder).forgotten").withPlatformString { rename(folder, $0) }
        }
        guard outcome == 0 || errno == ENOENT else { throw Errno(rawValue: errno) }
    }
}
