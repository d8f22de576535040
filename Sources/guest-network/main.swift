import CSlirp
import Glibc

// The network of one guest: `guest-network ADDRESS:PORT=SOCKET...`. On standard input it has the socket that the emulator connects to, and
// ends with that connection. Each connection of the guest to one of the addresses goes to the Unix socket that is named for it; there is
// nothing else in this network but its DHCP.

signal(SIGPIPE, SIG_IGN)
// Each connection has two buffers of 128 KiB, of which it uses little: as mappings of their own they take the pages that are written to, and
// give them back. In the heap two hundred connections are 50 MB next to each guest.
_ = mallopt(M_MMAP_THRESHOLD, 64 << 10)

func fail(_ text: String, status: Int32 = 1) -> Never {
    let line = "guest-network: \(text)\n"
    _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    exit(status)
}

let forwards = CommandLine.arguments.dropFirst().map(Forward.init(parsing:))
guard !forwards.isEmpty, forwards.allSatisfy({ $0 != nil }) else { fail("usage: guest-network ADDRESS:PORT=SOCKET... <LISTENING-SOCKET", status: 2) }
let emulator = accept(STDIN_FILENO, nil, nil)
guard emulator >= 0 else { fail("accept: \(String(cString: strerror(errno)))") }
// The emulator connects once; no other process may talk to its guest.
close(STDIN_FILENO)

do {
    try UserNetwork(forwards.compactMap(\.self), frames: FrameStream(emulator)).run()
} catch {
    fail("\(error)")
}
