import NIOCore

@testable import AgentCore

extension HeadReader {
    /// Reads a head that arrived in pieces, each as long as `cuts` says.
    mutating func read(_ bytes: [UInt8], cuts: [Int]) -> Progress {
        for cut in cuts.sorted() + [bytes.count] {
            let progress = bytes[..<cut].withUnsafeBytes { read($0) }
            if progress != .incomplete { return progress }
        }
        return .incomplete
    }
}

extension OutgoingRequest {
    /// A client's request, as it goes on.
    init(_ head: String) {
        self.init()
        var reader = HeadReader(.request, HeadLimits(fields: 100, bytes: 1 << 16))
        Array(head.utf8).withUnsafeBytes { bytes in
            guard case .complete = reader.read(bytes), case .request(let line) = reader.start else { return }
            begin(line, reader.fields, of: bytes)
        }
    }

    var text: String { String(buffer: bytes) }
}
