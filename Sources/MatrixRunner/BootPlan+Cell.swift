import FabricSimulator
import MatrixModel
import QEMUGuest
import SystemPackage

/// Kernel arguments of a distribution's guest, apart from those of its layout.
enum DistributionBootArguments {
    /// `eth0` as on the platform; no questions at the first boot.
    static let standard = ["net.ifnames=0", "systemd.firstboot=no"]
    /// cloud-init runs only in deployments.
    static let withoutCloudInit = "cloud-init=disabled"
}

extension BootPlan {
    /// The boot plan of a cell's guest.
    static func cell(_ artefacts: PreparedCell, accelerator: Accelerator, network: FilePath, folder: FilePath) -> BootPlan {
        var plan = BootPlan(
            kernel: artefacts.kernel.boot, initramfs: artefacts.kernel.initramfs, architecture: artefacts.kernel.architecture, payload: artefacts.payload,
            accelerator: accelerator, folder: folder)
        plan.memory = GuestMemory.micro
        plan.timeStampKilohertz = TimeStampCounter.kilohertz(of: artefacts.kernel.architecture, under: accelerator)
        plan.network = GuestNetwork(
            program: network, wireServer: SocketFolder.inside(Fabric.socketName(.wireServer)),
            hostGAPlugin: SocketFolder.inside(Fabric.socketName(.hostGAPlugin)),
            imds: SocketFolder.inside(Fabric.socketName(.imds)))
        return plan
    }
}
