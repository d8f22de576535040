import Archives

/// What comes out of an archive, whole; the archive goes in by pieces of any size.
enum Unpacked {
    static func gzip(_ packed: [UInt8], limit: Int, pieces: Int = 1 << 20) throws(ArchiveError) -> [UInt8] {
        let stream = InflateStream(.gzip)
        var out: [UInt8] = []
        for piece in Self.pieces(packed, pieces) {
            try stream.add(piece) { (bytes) throws(ArchiveError) in
                out += bytes
                guard out.count <= limit else { throw .tooLarge("more than \(limit) bytes once unpacked") }
            }
        }
        try stream.finish()
        return out
    }

    static func zip(_ archive: ZipArchive, _ entry: ZipArchive.Entry, limit: Int) throws(ArchiveError) -> [UInt8] {
        var out: [UInt8] = []
        try archive.read(entry, limit: limit) { (bytes) throws(ArchiveError) in out += bytes }
        return out
    }

    /// The names and contents of a tar archive's files.
    static func tar(_ archive: [UInt8], pieces: Int) throws(ArchiveError) -> [(name: String, bytes: [UInt8])] {
        var parser = TarParser()
        var files: [(name: String, bytes: [UInt8])] = []
        var isOpen = false
        for piece in Self.pieces(archive, pieces) {
            try parser.add(piece) { (event) throws(ArchiveError) in
                switch event {
                case .entry(let name, .file):
                    files.append((name, []))
                    isOpen = true
                case .entry: isOpen = false
                case .content(let bytes): if isOpen { files[files.count - 1].bytes += bytes }
                case .end: isOpen = false
                }
            }
        }
        try parser.finish()
        return files
    }

    private static func pieces(_ bytes: [UInt8], _ size: Int) -> [ArraySlice<UInt8>] {
        stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] }
    }
}
