import Foundation
import Glibc
import SystemPackage

/// The file in the cache that remembers a probe's answer, and what the answer was true for.
struct AcceleratorMemory {
    /// What an answer depends on: another machine, kernel or emulator may answer differently.
    struct Subject: Hashable, Codable {
        let machine: String
        let processor: String
        let kernel: String
        let emulator: String
        let emulatorSize: Int
        /// In nanoseconds since 1970.
        let emulatorModified: Int
        let emulatorVersion: String

        init(emulator path: FilePath, version: String) {
            var status = stat()
            let isThere = stat(path.string, &status) == 0
            let host = HostMachine.current
            machine = host.machine
            processor = host.processor
            kernel = host.kernel
            emulator = path.string
            emulatorSize = isThere ? Int(status.st_size) : 0
            emulatorModified = isThere ? status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec : 0
            emulatorVersion = version
        }
    }

    private struct Record: Codable {
        let subject: Subject
        let accelerator: Accelerator
        let reason: String
        /// Until when the answer holds, in seconds since 1970; nil for as long as the subject is the same.
        let until: Double?
    }

    private let file: FilePath
    private let now: @Sendable () -> Date

    init(cache: FilePath, now: @escaping @Sendable () -> Date = { Date() }) {
        file = cache.appending("accelerator.json")
        self.now = now
    }

    /// The answer for the subject. A file that cannot be read remembers nothing.
    func recall(_ subject: Subject) -> AcceleratorProbe.Answer? {
        guard let record, record.subject == subject, record.until.map({ now().timeIntervalSince1970 < $0 }) ?? true else { return nil }
        return AcceleratorProbe.Answer(accelerator: record.accelerator, reason: record.reason)
    }

    /// The last answer, if it still holds for this machine and the emulator it was found with.
    func recallLast() -> AcceleratorProbe.Answer? {
        guard let record else { return nil }
        return recall(Subject(emulator: FilePath(record.subject.emulator), version: record.subject.emulatorVersion))
    }

    /// - Parameter duration: How long the answer holds, in seconds; nil for as long as the subject is the same.
    func remember(_ answer: AcceleratorProbe.Answer, for subject: Subject, lasting duration: Double? = nil) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let record = Record(subject: subject, accelerator: answer.accelerator, reason: answer.reason, until: duration.map { now().timeIntervalSince1970 + $0 })
        try encoder.encode(record).write(to: URL(filePath: file.string), options: .atomic)
    }

    private var record: Record? {
        FileManager.default.contents(atPath: file.string).flatMap { try? JSONDecoder().decode(Record.self, from: $0) }
    }
}
