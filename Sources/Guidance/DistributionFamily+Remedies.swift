import MatrixModel

/// How each family spells what differs between them.
extension DistributionFamily {
    private static let unified = "systemd.unified_cgroup_hierarchy=1"
    private static let reboot = "sudo reboot"
    private static let mountByHand = [
        "sudo mkdir -p /mnt/cgroup2", "sudo mount -t cgroup2 none /mnt/cgroup2", "sudo systemctl restart azure-proxy-agent.service",
    ]

    /// The article's own remedy where grubby exists, and the same by each other boot loader's means.
    var mountCgroup2: Remedy {
        let action = "Make systemd mount cgroup v2 at the next boot."
        switch self {
        case .debian, .ubuntu:
            return Remedy(
                action,
                [
                    "echo 'GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX \(Self.unified)\"' | sudo tee /etc/default/grub.d/90-cgroup2.cfg", "sudo update-grub",
                    Self.reboot,
                ],
                note: "systemd 247 (Debian 11, Ubuntu 21.10) and later do so by default; check /proc/cmdline for an argument against it.", needsRestart: true)
        case .rhel:
            return Remedy(
                action, ["sudo grubby --update-kernel=ALL --args=\"\(Self.unified)\"", Self.reboot],
                note:
                    "Release 9 does so by default; check /proc/cmdline for an argument against it. Release 7 has a systemd without this argument: "
                    + "mount cgroup v2 by hand (\(Self.mountByHand[1])).",
                needsRestart: true)
        case .amazon:
            return Remedy(
                "Mount cgroup v2 by hand, or move to Amazon Linux 2023.", Self.mountByHand,
                note:
                    "systemd 219 of Amazon Linux 2 does not know `\(Self.unified)`, so that boot argument changes nothing. The mount lasts until the "
                    + "next boot. Amazon Linux 2023 mounts cgroup v2 by default."
            )
        case .sles, .azureLinux:
            return Remedy(
                action,
                ["sudo sed -i 's/^GRUB_CMDLINE_LINUX=\"/&\(Self.unified) /' /etc/default/grub", "sudo grub2-mkconfig -o /boot/grub2/grub.cfg", Self.reboot],
                needsRestart: true)
        case .other, .micro:
            return Remedy(
                "Mount cgroup v2 where the agent runs.", Self.mountByHand,
                note:
                    "The mount lasts until the next boot. With systemd 226 or later the boot argument `\(Self.unified)` makes it permanent. In a "
                    + "container, mount the host's cgroup v2 into it."
            )
        }
    }

    /// - Parameters:
    ///   - since: The oldest series that helps.
    ///   - reason: Why it does.
    func newerKernel(since: KernelSeries, reason: String) -> Remedy {
        let action = "Boot a kernel of series \(since) or later."
        switch self {
        case .debian:
            return Remedy(
                action,
                [
                    "apt-cache policy linux-image-cloud-amd64 linux-image-amd64", "sudo apt-get update", "sudo apt-get install linux-image-cloud-amd64",
                    Self.reboot,
                ],
                note: "\(reason) Debian 11 has 5.10, 12 has 6.1, 13 has 6.12; backports have newer ones.", needsRestart: true)
        case .ubuntu:
            return Remedy(
                action, ["apt-cache policy linux-azure", "sudo apt-get update", "sudo apt-get install linux-azure", Self.reboot],
                note: "\(reason) linux-azure is 5.15 on 20.04, 6.8 on 22.04 and 24.04.", needsRestart: true)
        case .rhel:
            return Remedy(
                action, ["dnf list --showduplicates kernel", "sudo dnf upgrade kernel", Self.reboot],
                note: "\(reason) Release 8 has 4.18 and release 9 has 5.14, both with much of BPF ported back; release 10 has 6.12.", needsRestart: true)
        case .sles:
            return Remedy(
                action,
                ["zypper search --details kernel-azure kernel-default", "sudo zypper refresh", "sudo zypper update kernel-azure kernel-default", Self.reboot],
                note: "\(reason) Service packs before SP4 have 5.3, SP4 and SP5 5.14, SP6 6.4.", needsRestart: true)
        case .azureLinux:
            return Remedy(
                action, ["sudo tdnf list kernel", "sudo tdnf upgrade kernel", Self.reboot], note: "\(reason) 2.0 has 5.15, 3.0 has 6.6.", needsRestart: true)
        case .amazon:
            return Remedy(
                action, ["sudo amazon-linux-extras install kernel-5.15", Self.reboot],
                note: "\(reason) The command is that of Amazon Linux 2, whose newest kernel is 5.15. Amazon Linux 2023 has 6.1 and later.", needsRestart: true)
        case .other, .micro: return Remedy(action, [], note: reason, needsRestart: true)
        }
    }

    var newestKernel: Remedy {
        let action = "Install the distribution's current kernel and boot it."
        return switch self {
        case .debian: Remedy(action, ["sudo apt-get update", "sudo apt-get install linux-image-cloud-amd64", Self.reboot], needsRestart: true)
        case .ubuntu: Remedy(action, ["sudo apt-get update", "sudo apt-get install linux-azure", Self.reboot], needsRestart: true)
        case .rhel: Remedy(action, ["sudo dnf upgrade kernel", Self.reboot], needsRestart: true)
        case .sles: Remedy(action, ["sudo zypper refresh", "sudo zypper update kernel-azure kernel-default", Self.reboot], needsRestart: true)
        case .azureLinux: Remedy(action, ["sudo tdnf upgrade kernel", Self.reboot], needsRestart: true)
        case .amazon: Remedy(action, ["sudo yum update kernel", Self.reboot], needsRestart: true)
        case .other, .micro: Remedy(action, [], note: "With the distribution's own package manager.", needsRestart: true)
        }
    }

    /// Every boot loader keeps the kernels that were installed before.
    var previousKernel: Remedy {
        let action = "If an earlier kernel worked, boot it again until the program or the kernel is corrected."
        let note = "This helps where an update of the kernel brought the failure about: `uname -r` before and after is part of the report."
        return switch self {
        case .rhel, .azureLinux, .amazon:
            Remedy(
                action, ["sudo grubby --info=ALL | grep -E '^(index|kernel)'", "sudo grubby --set-default-index=INDEX", Self.reboot], note: note,
                needsRestart: true)
        case .debian, .ubuntu: Remedy(action, ["ls /boot/vmlinuz-*", "sudo grub-reboot 'ENTRY'", Self.reboot], note: note, needsRestart: true)
        case .sles: Remedy(action, ["ls /boot/vmlinuz-*", "sudo grub2-reboot 'ENTRY'", Self.reboot], note: note, needsRestart: true)
        case .other, .micro: Remedy(action, ["ls /boot/vmlinuz-*"], note: note, needsRestart: true)
        }
    }

    var upgradeRelease: Remedy {
        let action = "Move to a release whose kernel has what is missing."
        switch self {
        case .debian:
            return Remedy(
                action, ["sudo sed -i 's/bullseye/bookworm/g' /etc/apt/sources.list", "sudo apt-get update", "sudo apt-get full-upgrade", Self.reboot],
                needsRestart: true)
        case .ubuntu: return Remedy(action, ["sudo do-release-upgrade"], needsRestart: true)
        case .rhel: return Remedy(action, ["sudo dnf install leapp-upgrade", "sudo leapp preupgrade", "sudo leapp upgrade", Self.reboot], needsRestart: true)
        case .sles: return Remedy(action, ["sudo zypper migration", Self.reboot], needsRestart: true)
        case .azureLinux, .amazon: return Remedy(action, [], note: "This family has no upgrade between releases: deploy a machine from the newer image.")
        case .other, .micro: return Remedy(action, [], note: "With the distribution's own means.")
        }
    }

    var upgradeCloudInit: Remedy {
        Remedy(
            "Put a cloud-init into the image that waits for the agent.", upgrade("cloud-init"),
            note: "24.3 is the first upstream release that does (`cloud-init --version`); Azure Linux and others ported it back to older ones.")
    }

    var upgradeAgent: Remedy {
        Remedy("Install the newest release of the agent.", installation("./azure-proxy-agent") + ["sudo systemctl restart azure-proxy-agent.service"])
    }

    /// The agent's package in the image.
    var installPackage: Remedy {
        Remedy(
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
        case .other, .micro: []
        }
    }

    private func installation(_ file: String) -> [String] {
        switch self {
        case .debian, .ubuntu: ["sudo apt-get install \(file).deb"]
        case .rhel: ["sudo dnf install \(file).rpm"]
        case .amazon: ["sudo yum install \(file).rpm"]
        case .sles: ["sudo zypper install --allow-unsigned-rpm \(file).rpm"]
        case .azureLinux: ["sudo tdnf install \(file).rpm"]
        case .other, .micro: []
        }
    }
}
