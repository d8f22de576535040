import Glibc
import Subprocess
import SystemPackage

/// How the programs are started that serve one guest, the emulator and its network: they die with the harness, and may become nothing else.
///
/// HostTools' launcher runs tools that answer and end. These live as long as their guest, inherit descriptors, and one may have the terminal.
enum HostProcess {
    /// setpriv(1) asks the kernel to kill the program when the harness dies, even by SIGKILL. To the kernel that means the thread that
    /// forked (prctl(2), PR_SET_PDEATHSIG); swift-subprocess 1.0 forks from one thread that lives as long as the process.
    static let launcher = "/usr/bin/setpriv"

    /// What they may never become. Root's capabilities go too, where there are any (capabilities(7)); what is left of root owns its files and
    /// no more.
    private static let restrictions = ["--no-new-privs"] + (geteuid() == 0 ? ["--bounding-set", "-all", "--inh-caps", "-all"] : [])

    static func arguments(_ program: FilePath, _ arguments: [String]) -> Arguments {
        Arguments(["--pdeathsig", "KILL"] + restrictions + [program.string] + arguments)
    }

    static let environment = Environment.custom(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"])

    /// - Parameter isInTerminal: Whether it stays in the session that has the terminal.
    static func options(isInTerminal: Bool = false) -> PlatformOptions {
        var options = PlatformOptions()
        options.createSession = !isInTerminal
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: options.createSession, allowedDurationToNextStep: .seconds(2))]
        return options
    }
}
