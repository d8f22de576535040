import Glibc

/// What `uname` says.
enum GuestKernel {
    static var release: String { named { withUnsafeBytes(of: $0.release) { text($0) } } }
    static var build: String { named { withUnsafeBytes(of: $0.version) { text($0) } } }
    static var machine: String { named { withUnsafeBytes(of: $0.machine) { text($0) } } }

    private static func named(_ field: (utsname) -> String) -> String {
        var name = utsname()
        guard uname(&name) == 0 else { return "" }
        return field(name)
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
}
