/// How each family spells what differs between them.
extension DistributionFamily {
    private static let unified = "systemd.unified_cgroup_hierarchy=1"

    /// The article's own remedy where grubby exists, and the same by each other boot loader's means.
    var mountCgroup2: Remedy {
        let action = "Have systemd mount cgroup v2 at the next boot."
        let reboot = "sudo reboot"
        switch self {
        case .debian, .ubuntu:
            return Remedy(
                action,
                ["echo 'GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX \(Self.unified)\"' | sudo tee /etc/default/grub.d/90-cgroup2.cfg", "sudo update-grub", reboot],
                note: "systemd 247 (Debian 11, Ubuntu 21.10) and later do so by default; look for a contrary argument in /proc/cmdline.", needsRestart: true)
        case .rhel, .amazon:
            return Remedy(
                action, ["sudo grubby --update-kernel=ALL --args=\"\(Self.unified)\"", reboot],
                note: "Release 9 and Amazon Linux 2023 do so by default; look for a contrary argument in /proc/cmdline.", needsRestart: true)
        case .sles, .azureLinux:
            return Remedy(
                action,
                ["sudo sed -i 's/^GRUB_CMDLINE_LINUX=\"/&\(Self.unified) /' /etc/default/grub", "sudo grub2-mkconfig -o /boot/grub2/grub.cfg", reboot], needsRestart: true)
        case .micro:
            return Remedy("Run the cell in a layout in which cgroup v2 is mounted.", in: .harness, ["kmatrix run --kernel SERIES --cgroup unified"])
        }
    }

    var upgradeKernel: Remedy {
        let action = "Install the distribution's newest kernel and boot it."
        let reboot = "sudo reboot"
        switch self {
        case .debian:
            return Remedy(
                action, ["sudo apt-get update", "sudo apt-get install linux-image-cloud-amd64", reboot],
                note: "Debian 11 stays at 5.10: take the kernel of its backports, or the next release.", needsRestart: true)
        case .ubuntu: return Remedy(action, ["sudo apt-get update", "sudo apt-get install linux-azure", reboot], note: "20.04 then has 5.15.", needsRestart: true)
        case .rhel: return Remedy(action, ["sudo dnf upgrade kernel", reboot], note: "Release 8 stays at 4.18; the next release has 5.14.", needsRestart: true)
        case .sles:
            return Remedy(
                action, ["sudo zypper refresh", "sudo zypper update kernel-azure kernel-default", reboot], note: "Service packs before SP4 stay at 5.3.", needsRestart: true)
        case .azureLinux: return Remedy(action, ["sudo tdnf upgrade kernel", reboot], note: "2.0 stays at 5.15, 3.0 has 6.6.", needsRestart: true)
        case .amazon: return Remedy(action, ["sudo amazon-linux-extras install kernel-5.15", reboot], note: "That is Amazon Linux 2; on 2023 it is `sudo dnf upgrade kernel`.", needsRestart: true)
        case .micro: return Remedy("Run it on a newer kernel.", in: .harness, ["kmatrix run --kernel '>=5.15' --cgroup unified"])
        }
    }

    var upgradeRelease: Remedy {
        let action = "Move to a release whose kernel has what is missing."
        switch self {
        case .debian: return Remedy(action, ["sudo sed -i 's/bullseye/bookworm/g' /etc/apt/sources.list", "sudo apt-get update", "sudo apt-get full-upgrade", "sudo reboot"], needsRestart: true)
        case .ubuntu: return Remedy(action, ["sudo do-release-upgrade"], needsRestart: true)
        case .rhel: return Remedy(action, ["sudo dnf install leapp-upgrade", "sudo leapp preupgrade", "sudo leapp upgrade", "sudo reboot"], needsRestart: true)
        case .sles: return Remedy(action, ["sudo zypper migration", "sudo reboot"], needsRestart: true)
        case .azureLinux, .amazon: return Remedy(action, [], note: "This family has no upgrade between releases: deploy a machine from the newer image.")
        case .micro: return Remedy("Run it on a newer kernel.", in: .harness, ["kmatrix run --kernel '>=5.15' --cgroup unified"])
        }
    }

    var upgradeCloudInit: Remedy {
        let note = "24.3 is the first release that waits for the agent (`cloud-init --version`)."
        return switch self {
        case .micro: Remedy("Deploy a distribution whose cloud-init is 24.3 or later.", in: .harness, ["kmatrix run --distro debian-13 --deployment installed"])
        default: Remedy("Put cloud-init 24.3 or later into the image.", upgrade("cloud-init"), note: note)
        }
    }

    var upgradeAgent: Remedy {
        self == .micro
            ? Remedy("Run the cell with a newer agent.", in: .harness, ["kmatrix run --kernel SERIES --agent ./azure-proxy-agent.deb"])
            : Remedy("Install the newest release of the agent.", installation("./azure-proxy-agent") + ["sudo systemctl restart azure-proxy-agent.service"])
    }

    /// The agent's package in the image.
    var installPackage: Remedy {
        self == .micro
            ? Remedy("Deploy with the agent installed.", in: .harness, ["kmatrix run --distro debian-13 --deployment installed"])
            : Remedy(
                "Put the agent into the image.", installation("./azure-proxy-agent") + ["sudo systemctl enable azure-proxy-agent.service"],
                note: "An image for deployments with the protocol enabled must hold it.")
    }

    private func upgrade(_ package: String) -> [String] {
        switch self {
        case .debian, .ubuntu: ["sudo apt-get update", "sudo apt-get install --only-upgrade \(package)"]
        case .rhel: ["sudo dnf upgrade \(package)"]
        case .amazon: ["sudo yum update \(package)"]
        case .sles: ["sudo zypper refresh", "sudo zypper update \(package)"]
        case .azureLinux: ["sudo tdnf upgrade \(package)"]
        case .micro: []
        }
    }

    private func installation(_ file: String) -> [String] {
        switch self {
        case .debian, .ubuntu: ["sudo apt-get install \(file).deb"]
        case .rhel: ["sudo dnf install \(file).rpm"]
        case .amazon: ["sudo yum install \(file).rpm"]
        case .sles: ["sudo zypper install --allow-unsigned-rpm \(file).rpm"]
        case .azureLinux: ["sudo tdnf install \(file).rpm"]
        case .micro: []
        }
    }
}
