import Glibc

/// Words for the console: the last that is left when the control channel is not.
enum RunnerLog {
    static func say(_ message: String) {
        let line = Array("kmatrix: \(message)\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        // A serial port sends from a buffer, and switching off right afterwards would lose the last words.
        tcdrain(STDERR_FILENO)
    }
}
