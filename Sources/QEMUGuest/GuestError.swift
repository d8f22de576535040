import SystemPackage

/// Why no guest could be started.
public struct GuestError: Error, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case emulatorMissing, emulatorTooOld, emulatorUnusable, folder, socket
        /// The guest ended, or its channel closed, before it said hello.
        case notReady
        case networkMissing
        /// The guest's network ended while the guest lived.
        case networkFailed
        case toolMissing
        /// QEMU's monitor refused something, or talked nonsense.
        case monitor
        case snapshotNotMade
        /// KVM was asked for and its device cannot be opened.
        case acceleratorUnusable
        /// KVM was asked for, for guests of another architecture than this machine's.
        case foreignArchitecture
    }

    /// Whether the monitor is gone because the emulator is.
    var isHangUp: Bool { code == .monitor && detail == Self.hangUp }
    static let hangUp = "QEMU closed the connection"

    public let code: Code
    public let subject: String
    public let detail: String

    init(_ code: Code, subject: String, detail: String = "") {
        self.code = code
        self.subject = subject
        self.detail = detail
    }

    public var description: String {
        switch code {
        case .emulatorMissing:
            "QEMU not found (\(subject)); install Debian's package \(detail)"
        case .emulatorTooOld: "\(subject) is QEMU \(detail), but kmatrix needs \(Emulator.oldestVersion) or later; install it, or set KMATRIX_QEMU"
        case .emulatorUnusable: "\(subject) is not a usable QEMU: \(detail); set KMATRIX_QEMU to another"
        case .folder: "cannot use the guest's folder '\(subject)': \(detail)"
        case .socket: "cannot create the guest's sockets in '\(subject)': \(detail); set TMPDIR to a folder of your own on this machine's disk"
        case .notReady: "the guest did not become ready: \(detail)"
        case .toolMissing: "'\(subject)' is missing, which starting guests needs; run ci/setup, or install Debian's package \(detail)"
        case .networkMissing: "'\(subject)', the guest's network, is missing; build it with ci/build"
        case .networkFailed: "the network of the guest in '\(subject)' ended: \(detail)"
        case .monitor: "QEMU's monitor failed at \(subject): \(detail)"
        case .snapshotNotMade: "cannot create a snapshot in '\(subject)': \(detail); use --boot cold"
        case .foreignArchitecture: "KVM cannot run \(subject) guests on this \(detail) machine; use --accel auto, which takes TCG for them"
        case .acceleratorUnusable:
            "cannot open \(subject) (\(detail)); join its group (usually kvm), or use --accel auto, which falls back to TCG"
        }
    }
}
