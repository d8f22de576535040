import Foundation
import Glibc
import MatrixModel
public import SystemPackage

/// Finds out what guests can run with here, by running one: `/dev/kvm` may open and still run no guest, as inside other machines.
///
/// The guest is told to switch off before it does anything else. Only its kernel's own last words prove that it ran: an emulator
/// also ends with status 0 when the guest panicked or its processor gave up.
public struct AcceleratorProbe: Sendable {
    public struct Answer: Hashable, Sendable {
        public let accelerator: Accelerator
        /// Why, as half a sentence for people.
        public let reason: String

        public init(accelerator: Accelerator, reason: String) {
            self.accelerator = accelerator
            self.reason = reason
        }
    }

    /// The kernel argument that lets the guest's runner switch off at once.
    static let powerOffArgument = "kmatrix.poweroff"
    /// What a kernel prints last when it switches off (kernel/reboot.c, `kernel_power_off`).
    static let lastWords = "reboot: Power down"
    /// KVM takes a second; a guest that it cannot run often hangs. A guest that is late shows a KVM that is not a gain.
    static let limits = GuestLimits(ready: .seconds(3), silence: .seconds(3), total: .seconds(3), console: 1 << 20)
    /// How long an answer counts that a busy machine may have brought about, in seconds: a day.
    static let doubtLasts = 86_400.0

    private let emulator: Emulator
    private let cache: FilePath
    private let device: FilePath
    private let limits: GuestLimits
    private let kernelArguments: [String]

    /// - Parameter cache: The folder that remembers the answer and takes what the probe's guest leaves until it has ended.
    public init(emulator: Emulator, cache: FilePath) {
        self.init(emulator: emulator, cache: cache, device: "/dev/kvm")
    }

    init(emulator: Emulator, cache: FilePath, device: FilePath, limits: GuestLimits = Self.limits, kernelArguments: [String] = []) {
        self.emulator = emulator
        self.cache = cache
        self.device = device
        self.limits = limits
        self.kernelArguments = kernelArguments
    }

    /// The last answer that was remembered in the cache, if machine, kernel and emulator are still the same.
    public static func remembered(cache: FilePath) -> Answer? { AcceleratorMemory(cache: cache).recallLast() }

    /// Says what guests run with.
    ///
    /// - Parameters:
    ///   - choice: What was asked for. Anything but `auto` is taken at its word, without a guest.
    ///   - booting: What the probe's guest boots, nil when there is nothing; used for `auto` only.
    ///   - renews: Makes a trial even if an answer is remembered.
    /// - Throws: `GuestError` with `acceleratorUnusable` when KVM was asked for and cannot be opened, with `foreignArchitecture` when it cannot run such
    /// guests; `CancellationError`, and then
    ///   nothing is remembered.
    public func answer(
        _ choice: AcceleratorChoice, booting: (kernel: BootPlan.Kernel, initramfs: FilePath)?, renews: Bool = false
    ) async throws -> Answer {
        switch choice {
        case .tcg: return Answer(accelerator: .tcg, reason: "--accel")
        case .kvm:
            guard emulator.architecture == .host else {
                throw GuestError(.foreignArchitecture, subject: emulator.architecture.title, detail: Architecture.host.title)
            }
            if let error = openingError() { throw GuestError(.acceleratorUnusable, subject: device.string, detail: error.description) }
            return Answer(accelerator: .kvm, reason: "--accel")
        case .auto:
            guard emulator.architecture == .host else {
                return Answer(accelerator: .tcg, reason: "KVM on this machine runs \(Architecture.host.title) guests only")
            }
            return try await probe(booting, renews: renews)
        }
    }

    private func probe(_ booting: (kernel: BootPlan.Kernel, initramfs: FilePath)?, renews: Bool) async throws -> Answer {
        // Cheap to see and quick to change (a group joined, a module loaded): not remembered.
        if let error = openingError() { return Answer(accelerator: .tcg, reason: "cannot open \(device): \(error)") }
        let memory = AcceleratorMemory(cache: cache)
        let subject = AcceleratorMemory.Subject(emulator: emulator.path, version: emulator.version.description)
        if !renews, let answer = memory.recall(subject) { return answer }
        guard let booting else { return Answer(accelerator: .tcg, reason: "no guest to test \(device) with") }
        let (answer, isCertain): (Answer, Bool)
        do {
            (answer, isCertain) = try await boot(booting.kernel, booting.initramfs)
        } catch let error as CancellationError {
            throw error
        } catch {
            // Nothing was learnt about KVM.
            return Answer(accelerator: .tcg, reason: "cannot test \(device): \(error)")
        }
        try Task.checkCancellation()
        // An answer that cannot be kept is as true; the next run asks again.
        try? memory.remember(answer, for: subject, lasting: isCertain ? nil : Self.doubtLasts)
        return answer
    }

    private func boot(_ kernel: BootPlan.Kernel, _ initramfs: FilePath) async throws -> (Answer, isCertain: Bool) {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        var plan = BootPlan(kernel: kernel, initramfs: initramfs, accelerator: .kvm, folder: folder)
        plan.limits = limits
        plan.kernelArguments = [Self.powerOffArgument] + kernelArguments
        let outcome = try await withGuest(plan, emulator: emulator) { guest in
            for await _ in guest.messages {}
        }
        let console = FileTail.text(of: folder.appending(QEMUCommandLine.Name.console), bytes: 64 << 10)
        if let trouble = Self.trouble(outcome.ending, console: console) {
            return (Answer(accelerator: .tcg, reason: "a trial guest failed with \(device): \(trouble)"), Self.isCertain(outcome.ending))
        }
        return (Answer(accelerator: .kvm, reason: "a trial guest ran with it"), true)
    }

    /// Whether the ending tells something of KVM. A busy host can make a guest late, and memory running out kills it: that counts for a day.
    static func isCertain(_ ending: GuestEnding) -> Bool {
        switch ending {
        case .hung, .deadline, .released: false
        case .emulatorExited(let status, _): !status.contains("signaled(9)")
        case .farewell, .endedEarly, .consoleFlood, .protocolViolation: true
        }
    }

    /// What went wrong with the trial, or nil when the guest booted and switched off.
    static func trouble(_ ending: GuestEnding, console: String) -> String? {
        switch ending {
        case .endedEarly where console.contains("Kernel panic"): "its kernel panicked"
        case .endedEarly where console.contains(lastWords): nil
        case .endedEarly: "it ended before its kernel powered off"
        case .hung(let seconds): "it hung (stopped after \(Int(seconds)) s)"
        case .emulatorExited(let status, let stderr):
            "QEMU ended with \(status)" + (stderr.split(separator: "\n").last.map { ": \($0.prefix(200))" } ?? "")
        case .consoleFlood: "its console output had no end"
        case .deadline, .farewell, .protocolViolation, .released: "it did not power off when requested"
        }
    }

    /// A folder of this probe's own, so that two at once do not meet. The cache's garbage collection removes what a killed one leaves.
    private func makeFolder() throws -> FilePath {
        let parent = cache.appending("accelerator")
        do {
            try FileManager.default.createDirectory(atPath: parent.string, withIntermediateDirectories: true)
        } catch {
            throw GuestError(.folder, subject: parent.string, detail: "\(error)")
        }
        var template = Array(parent.appending("XXXXXX").string.utf8CString)
        guard mkdtemp(&template) != nil else { throw GuestError(.folder, subject: parent.string, detail: "\(Errno(rawValue: errno))") }
        return FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    private func openingError() -> Errno? {
        do {
            try FileDescriptor.open(device, .readWrite, options: .closeOnExec).close()
            return nil
        } catch {
            return error as? Errno ?? .ioError
        }
    }
}
