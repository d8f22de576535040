import HostTools

/// The compressions kernels and their modules come in, told by their first bytes.
enum CompressionFormat: String, CaseIterable {
    case gzip, xz, zstd, lz4, lzma, bzip2

    /// Magic numbers as `scripts/extract-vmlinux` of the kernel has them.
    init?(_ bytes: ArraySlice<UInt8>) {
        let found = Self.allCases.first { bytes.starts(with: $0.magic) }
        guard let found else { return nil }
        self = found
    }

    private var magic: [UInt8] {
        switch self {
        case .gzip: [0x1F, 0x8B, 0x08]
        case .xz: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]
        case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
        // The legacy frame format, which the kernel's build uses.
        case .lz4: [0x02, 0x21, 0x4C, 0x18]
        case .lzma: [0x5D, 0x00, 0x00]
        case .bzip2: [0x42, 0x5A, 0x68]
        }
    }

    /// The program and arguments that decompress standard input to standard output.
    var command: (tool: HostTool, arguments: [String]) {
        switch self {
        case .gzip: (.gzip, ["-dc"])
        case .xz: (.xz, ["--format=xz", "-dc"])
        // Kernels are compressed with windows beyond the tool's default limit.
        case .zstd: (.zstd, ["-dc", "--long=31"])
        case .lz4: (.lz4, ["-dc"])
        case .lzma: (.xz, ["--format=lzma", "-dc"])
        case .bzip2: (.bzip2, ["-dc"])
        }
    }

    /// Whether the kernel's build appends the uncompressed size to the compressed stream, where no tool expects it
    /// (`size_append` in scripts/Makefile.lib; gzip ends with its own).
    var hasAppendedSize: Bool { self != .gzip }

    /// As a person would call such a file.
    var name: String { "\(rawValue == "gzip" ? "a gzip" : "an \(rawValue)") archive" }
}
