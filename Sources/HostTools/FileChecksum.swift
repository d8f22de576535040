public import Digests
import Foundation
public import SystemPackage

/// Sizes and digests of files.
public enum FileChecksum {
    /// In bytes; 0 for what is not there.
    public static func size(of file: FilePath) -> Int { (try? FileManager.default.attributesOfItem(atPath: file.string)[.size] as? Int) ?? 0 }

    /// - Throws: `Errno`, `CancellationError`.
    public static func hexadecimal(of path: FilePath, _ algorithm: DigestAlgorithm = .sha256) throws -> String {
        let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        return try file.closeAfter {
            var running = RunningDigest(algorithm)
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                try Task.checkCancellation()
                let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
                if count == 0 { return running.digest.hexadecimal }
                buffer.withUnsafeBytes { running.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            }
        }
    }
}
