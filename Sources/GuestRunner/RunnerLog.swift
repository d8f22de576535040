import Glibc

/// Messages on the console, which remains when the control channel has failed.
enum RunnerLog {
    static func say(_ message: String) {
        let line = Array("kmatrix: \(message)\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        // A serial port sends from a buffer, and switching off at once would lose the last lines.
        tcdrain(STDERR_FILENO)
    }
}
