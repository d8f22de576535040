import Probes
import QEMUGuest

extension GuestLimits {
    /// What brings a cell's guest up.
    enum Starter {
        /// Our own init, from the harness's kernel.
        case micro
        /// A distribution, from the harness's kernel. A deployment's runs cloud-init too.
        case distribution(isDeployment: Bool)
        /// A disk image's own boot loader: firmware, boot loader, the image's initramfs and its cloud-init.
        case ownLoader
    }

    private static let deployment = ProbeCourse.cloudInitDeadline + .seconds(60)

    /// - Parameters:
    ///   - timeout: What one attempt at a micro guest's cell may take altogether. Others get a multiple of it, for an emulator is slow.
    ///   - extraTime: What the agent is granted beyond an unknown one.
    init(of starter: Starter, timeout: Duration, extraTime: Duration) {
        self.init()
        total =
            switch starter {
            case .micro: timeout
            case .distribution(isDeployment: false): timeout * 2
            case .distribution(isDeployment: true): max(timeout * 2, Self.deployment)
            case .ownLoader: timeout * 8
            }
        total += extraTime
        switch starter {
        case .micro, .distribution: ready = min(ready, timeout)
        // Firmware and boot loader may say nothing on this console, so silence proves nothing.
        case .ownLoader: (ready, silence) = (timeout * 4, timeout * 4)
        }
    }
}
