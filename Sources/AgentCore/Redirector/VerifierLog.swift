internal import Glibc

/// The buffer for the kernel's verifier log: zero pages that use no memory until they are written.
final class VerifierLog {
    let size: Int
    /// Nil if there is not enough address space; then libbpf uses a smaller buffer of its own.
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

    /// The full text that was written.
    var text: String { start.map { String(cString: $0) } ?? "" }
}
