import Probes
import QEMUGuest

extension GuestLimits {
    /// How a cell's guest boots.
    enum Starter {
        /// A minimal initramfs, on a kernel that the harness starts.
        case micro
        /// A distribution, on a kernel that the harness starts. In a deployment cloud-init runs too.
        case distribution(isDeployment: Bool)
        /// A disk image's own boot loader: firmware, boot loader, the image's initramfs and its cloud-init.
        case ownLoader
    }

    private static let deployment = ProbeCourse.cloudInitDeadline + .seconds(60)

    /// - Parameters:
    ///   - timeout: The limit for one attempt at a micro guest's cell. Other guests get a multiple of it, because emulation is slow.
    ///   - extraTime: Added for an agent that needs longer (`AgentProfile.extraTime`).
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
