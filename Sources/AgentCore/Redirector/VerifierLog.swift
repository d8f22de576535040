internal import Glibc

/// Where the kernel writes what its verifier thinks of a program: zero pages that cost nothing until they are written.
final class VerifierLog {
    let size: Int
    /// Nil if there is no address space for it; then libbpf uses a smaller one of its own.
    let start: UnsafeMutablePointer<CChar>?

    /// - Parameter size: In bytes.
    init(size: Int) {
        self.size = size
        let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        start = memory == MAP_FAILED ? nil : memory?.assumingMemoryBound(to: CChar.self)
    }

    deinit {
        if let start { munmap(start, size) }
    }

    /// What was written, whole.
    var text: String { start.map { String(cString: $0) } ?? "" }
}
