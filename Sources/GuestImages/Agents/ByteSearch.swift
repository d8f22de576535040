import Glibc

/// Looks for bytes in a large file's content.
enum ByteSearch {
    static func contains(_ words: [UInt8], in bytes: [UInt8]) -> Bool {
        guard let first = words.first else { return true }
        return bytes.withUnsafeBytes { hay in
            guard let base = hay.baseAddress else { return false }
            var position = 0
            while position + words.count <= hay.count {
                guard let found = memchr(base + position, Int32(first), hay.count - position - words.count + 1) else { return false }
                position = UnsafeRawPointer(found) - base
                if memcmp(found, words, words.count) == 0 { return true }
                position += 1
            }
            return false
        }
    }
}
