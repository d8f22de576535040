import Foundation

/// What is known of the machine the harness runs on: another one, or another kernel, may treat guests otherwise.
public struct HostMachine: Hashable, Sendable {
    /// machine-id(5).
    public let machine: String
    public let processor: String
    /// `uname -r`.
    public let kernel: String

    public static var current: HostMachine {
        let model = line("/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") }
        return HostMachine(
            machine: line("/etc/machine-id"), processor: model?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "",
            kernel: line("/proc/sys/kernel/osrelease"))
    }

    public init(machine: String, processor: String, kernel: String) {
        self.machine = machine
        self.processor = processor
        self.kernel = kernel
    }

    private static func line(_ path: String) -> String {
        let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
