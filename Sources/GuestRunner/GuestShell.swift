import CGuestSystem
import Glibc
import MatrixModel

/// A shell on the guest's console for a person to look around.
struct GuestShell {
    let children: ChildProcesses
    private static let shells = [("/bin/busybox", ["sh", "-l"]), ("/usr/bin/busybox", ["sh", "-l"]), ("/bin/sh", ["-l"])]

    /// Returns when the shell ends.
    ///
    /// - Parameter agent: The agent's state in words, such as `runs`.
    func run(layout: CgroupLayout, agent: String) throws(SystemCallError) {
        let terminal = SmallFile.exists("/dev/hvc0") ? "/dev/hvc0" : "/dev/console"
        guard let (path, arguments) = Self.shells.first(where: { SmallFile.exists($0.0) }) else {
            throw SystemCallError("find a shell in the payload, tried", Self.shells.map(\.0).joined(separator: ", "), code: ENOENT)
        }
        installCommands(of: path)
        let console = Descriptor(owning: try SystemCallError.check(gs_open_read_write(terminal), "open", terminal))
        try console.write(Array(Self.banner(layout: layout, agent: agent).utf8))
        let shell = try children.start(path, arguments: arguments, streams: .terminal(terminal))
        while children.takeEnding(of: shell) == nil { _ = try Readiness.wait(for: [children.descriptor], timeout: nil) }
    }

    /// `poweroff` ends the shell, and with it the guest: the runner is PID 1, not busybox.
    private func installCommands(of shell: String) {
        if shell.hasSuffix("busybox") {
            for name in Self.applets where !SmallFile.exists("/bin/" + name) { _ = symlink(shell, "/bin/" + name) }
        }
        let profile = "PS1='kmatrix# '\nalias poweroff=exit halt=exit reboot=exit\ncd /root\n"
        try? SmallFile.write(Array(profile.utf8), to: "/etc/profile")
    }

    private static let applets = [
        "sh", "ls", "cat", "less", "vi", "grep", "ps", "mount", "dmesg", "ip", "netstat", "wget", "nc", "top", "kill", "find", "head", "tail",
        "mkdir", "rm", "cp", "mv", "id", "su", "sleep", "uname", "hexdump", "zcat", "sed", "awk", "sort", "wc",
    ]

    private static func banner(layout: CgroupLayout, agent: String) -> String {
        """
        \r
        kmatrix: Linux \(GuestKernel.release), cgroup layout '\(layout.rawValue)'. The agent \(agent).\r
          status  \(AgentPlaces.statusFile)\r
          logs    \(AgentPlaces.logFolder), \(AgentPlaces.outputFile)\r
        'exit' or 'poweroff' ends the guest.\r
        \r

        """
    }
}
