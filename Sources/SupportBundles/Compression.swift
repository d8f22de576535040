import HostTools

/// What is not read piece by piece here, recognised by its first bytes.
enum Compression {
    case zip, xz, zstd

    init?(_ bytes: [UInt8]) {
        if bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6]) {
            self = .zip
        } else if bytes.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
            self = .xz
        } else if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            self = .zstd
        } else {
            return nil
        }
    }

    /// The machine's own program for what is not unpacked here, and its arguments for standard input to standard output.
    var tool: (program: HostTool, arguments: [String])? {
        switch self {
        case .zip: nil
        case .xz: (.xz, ["--format=xz", "-dc"])
        case .zstd: (.zstd, ["-dc"])
        }
    }
}
