import Diagnosis

/// One text of a bundle, read piece by piece. PowerShell redirects as UTF-16 with a byte order mark; it becomes UTF-8.
struct BundleText {
    private enum Encoding { case plain, littleEndian, bigEndian }

    private var sieve: LogSieve
    private var encoding: Encoding?
    /// Half of a UTF-16 unit.
    private var left: UInt8?

    /// - Parameter limit: The most that is kept, in bytes.
    init(limit: Int) { sieve = LogSieve(limit: limit) }

    var isWhole: Bool { sieve.isWhole }

    mutating func add(_ bytes: some Collection<UInt8>) {
        if encoding == nil, let first = bytes.first {
            let mark = (first, bytes.dropFirst().first)
            encoding = mark == (0xFF, 0xFE) ? .littleEndian : mark == (0xFE, 0xFF) ? .bigEndian : .plain
            if encoding != .plain { return add(units: bytes.dropFirst(2)) }
        }
        if encoding == .plain { sieve.add(bytes) } else { add(units: bytes) }
    }

    private mutating func add(units bytes: some Collection<UInt8>) {
        var units: [UInt16] = []
        for byte in bytes {
            guard let first = left else {
                left = byte
                continue
            }
            left = nil
            units.append(encoding == .littleEndian ? UInt16(first) | UInt16(byte) << 8 : UInt16(first) << 8 | UInt16(byte))
        }
        sieve.add(Array(String(decoding: units, as: UTF16.self).utf8))
    }

    mutating func finish() -> [UInt8] { sieve.finish() }
}
