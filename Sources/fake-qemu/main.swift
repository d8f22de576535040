import Glibc

// Stands in for QEMU in tests: takes the command line the harness makes, speaks for a guest that lives or dies as the kernel
// argument `fake=NAME` says, and needs milliseconds for it.

signal(SIGPIPE, SIG_IGN)

if CommandLine.arguments.dropFirst().first == "--version" {
    let version = getenv("FAKE_QEMU_VERSION").map { String(cString: $0) } ?? "7.2.0"
    print("QEMU emulator version \(version) (fake)\nCopyright of nobody")
    exit(0)
}
guard let invocation = Invocation(CommandLine.arguments) else { StandIn.fail("the command line lacks a chardev or -append") }
StandIn(invocation).live()
