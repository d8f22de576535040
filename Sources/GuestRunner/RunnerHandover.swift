import Glibc
import GuestProtocol

/// The state that the runner in the initramfs passes to the runner that the distribution starts as a unit.
struct RunnerHandover: Equatable {
    /// The number of the next frame on the control channel.
    let sequence: UInt32
    let plan: GuestPlan

    static let path = "/run/kmatrix/handover"

    func save(to path: String = path) throws(SystemCallError) {
        var number = sequence
        let head = withUnsafeBytes(of: &number) { Array($0) }
        try SmallFile.write(head + HostMessage.plan(plan).frame(sequence: 0).encoded(), to: path, mode: 0o600)
    }

    /// Nil when the file is missing or incomplete.
    init?(from path: String = path) {
        guard let content = SmallFile.read(path, limit: WireFormat.maximumTotal), !content.isTruncated, content.bytes.count > 4 else { return nil }
        var decoder = FrameDecoder()
        guard let frame = try? decoder.receive(content.bytes.dropFirst(4)).first, case .plan(let plan)? = try? HostMessage(frame) else { return nil }
        self.init(sequence: content.bytes.prefix(4).enumerated().reduce(0) { $0 | UInt32($1.element) << (8 * UInt32($1.offset)) }, plan: plan)
    }

    init(sequence: UInt32, plan: GuestPlan) {
        self.sequence = sequence
        self.plan = plan
    }
}
