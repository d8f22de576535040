import SystemPackage

/// Why no guest could be started.
public struct GuestError: Error, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        enum Value: Hashable, Sendable { case emulatorMissing, emulatorTooOld, emulatorUnusable, folder, socket, notReady, networkMissing, networkFailed, toolMissing, acceleratorUnusable, monitor, snapshotNotMade }
        let value: Value
        public static let emulatorMissing = Code(value: .emulatorMissing)
        public static let emulatorTooOld = Code(value: .emulatorTooOld)
        public static let emulatorUnusable = Code(value: .emulatorUnusable)
        public static let folder = Code(value: .folder)
        public static let socket = Code(value: .socket)
        /// The guest ended, or its channel closed, before it said hello.
        public static let notReady = Code(value: .notReady)
        public static let networkMissing = Code(value: .networkMissing)
        /// The guest's network ended while the guest lived.
        public static let networkFailed = Code(value: .networkFailed)
        public static let toolMissing = Code(value: .toolMissing)
        /// QEMU's monitor refused something, or talked nonsense.
        public static let monitor = Code(value: .monitor)
        public static let snapshotNotMade = Code(value: .snapshotNotMade)
        /// KVM was asked for and its device cannot be opened.
        public static let acceleratorUnusable = Code(value: .acceleratorUnusable)
    }

    /// Whether the monitor is gone because the emulator is.
    var isHangUp: Bool { code == .monitor && detail == Self.hangUp }
    static let hangUp = "the emulator hung up"

    public let code: Code
    public let subject: String
    public let detail: String

    init(_ code: Code, subject: String, detail: String = "") {
        self.code = code
        self.subject = subject
        self.detail = detail
    }

    public var description: String {
        switch code.value {
        case .emulatorMissing:
            "QEMU was not found (\(subject)); install Debian's package qemu-system-x86, or name the program in KMATRIX_QEMU"
        case .emulatorTooOld: "\(subject) is QEMU \(detail), and \(Emulator.oldestVersion) or later is needed"
        case .emulatorUnusable: "\(subject) does not answer as QEMU does: \(detail)"
        case .folder: "the guest's folder '\(subject)' cannot be used: \(detail)"
        case .socket: "the guest's sockets in '\(subject)' cannot be made: \(detail)"
        case .notReady: "the guest never got ready: \(detail)"
        case .toolMissing: "'\(subject)' is needed to start guests and not installed; install Debian's package \(detail) (ci/setup does)"
        case .networkMissing: "'\(subject)', the guest's network, is missing; build it with ci/build"
        case .networkFailed: "the network of the guest in '\(subject)' ended: \(detail)"
        case .monitor: "QEMU's monitor failed at \(subject): \(detail)"
        case .snapshotNotMade: "no snapshot could be made in '\(subject)': \(detail); its guest can be booted cold (--boot cold)"
        case .acceleratorUnusable:
            "\(subject) cannot be opened (\(detail)); join the group that owns it (usually kvm), or leave the choice to the harness, which falls "
                + "back to TCG"
        }
    }
}
