extension Measure {
    private static let virtualMachine = "--resource-group RESOURCE_GROUP --name VM"

    /// What is done to the model of the virtual machine.
    var onControlPlane: Remedy {
        switch self {
        case .resetKey:
            Remedy(
                "Reset the key: give the model a KeyIncarnationId that is higher than any before. The agent then gets a new key automatically.",
                in: .controlPlane,
                [
                    "az vm show \(Self.virtualMachine) --query securityProfile.proxyAgentSettings.keyIncarnationId",
                    "az vm update \(Self.virtualMachine) --set securityProfile.proxyAgentSettings.keyIncarnationId=HIGHER_NUMBER",
                ], note: "The numbers must strictly increase; a request with a lower or equal one may not be applied.")
        case .installAgent:
            Remedy(
                "Add the agent's VM extension before the protocol is enabled.", in: .controlPlane,
                ["az vm extension set --resource-group RESOURCE_GROUP --vm-name VM --publisher Microsoft.CPlat.ProxyAgent --name ProxyAgentLinux"],
                note: "The extension refuses distributions it does not know (exit 6); an image that holds the agent's package has no such limit.")
        case .enableInModel:
            Remedy(
                "Check what the model asks for, and enable the protocol in it.", in: .controlPlane,
                [
                    "az vm show \(Self.virtualMachine) --query securityProfile.proxyAgentSettings",
                    "az vm update \(Self.virtualMachine) --set securityProfile.proxyAgentSettings.enabled=true "
                        + "securityProfile.proxyAgentSettings.imds.mode=Enforce "
                        + "securityProfile.proxyAgentSettings.wireServer.mode=Enforce",
                ], note: "Protection begins when the machine reports that it has its key, which may take some minutes.")
        case .correctModel:
            Remedy(
                "Correct the request: see what the model holds, and send valid values.", in: .controlPlane,
                ["az vm show \(Self.virtualMachine) --query securityProfile.proxyAgentSettings"],
                note: "A mode is Audit, Enforce or Disabled. `kmatrix explain` explains each error of the control plane.")
        case .askForAgent:
            Remedy(
                "Deploy with the protocol enabled, so that the platform asks cloud-init to wait for the agent.", in: .controlPlane,
                [
                    "az vm show \(Self.virtualMachine) --query securityProfile.proxyAgentSettings.enabled",
                    "sudo grep -o 'ProvisionGuestProxyAgent>[a-z]*' /var/lib/waagent/ovf-env.xml",
                ])
        case .retryDeployment:
            Remedy(
                "Deploy again; some failures are transient.", in: .controlPlane,
                ["az vm create \(Self.virtualMachine) --image IMAGE --enable-proxy-agent true"],
                note: "If it fails in the same way three times, it is not transient: collect the logs and contact support.")
        default:
            Remedy(
                "Opt out of the protocol until the machine supports it.", in: .controlPlane,
                ["az vm update \(Self.virtualMachine) --set securityProfile.proxyAgentSettings.enabled=false"],
                note: "Without the protocol the metadata services answer every process on the machine.")
        }
    }

    /// What is typed in an elevated prompt on Windows.
    var onWindows: Remedy {
        self == .startWindowsDrivers
            ? Remedy(
                "Start both drivers, the core before the extension, and then the agent.",
                [
                    "sc.exe query eBPFCore", "sc.exe query NetEbpfExt", "sc.exe start eBPFCore", "sc.exe start NetEbpfExt", "sc.exe stop GuestProxyAgent",
                    "sc.exe start GuestProxyAgent",
                ],
                note: "1060 says that the service is not installed: the platform installs it with the guest extension. 577 says that its signature was refused."
            )
            : Remedy(
                "Start the agent's service.", ["sc.exe query GuestProxyAgent", "sc.exe qc GuestProxyAgent", "sc.exe start GuestProxyAgent"],
                note:
                    "1060 says that it is not installed: the platform installs it with the guest extension. Its logs are in C:\\WindowsAzure\\ProxyAgent\\Logs."
            )
    }

    /// What is done on the host that runs kmatrix.
    var onHarness: Remedy {
        switch self {
        case .runAgain:
            Remedy("Run the cell again; nothing was proven about the agent.", in: .harness, ["kmatrix run --kernel SERIES --cgroup LAYOUT --jobs 1"])
        case .checkHost: Remedy("Check whether this host can run guests.", in: .harness, ["kmatrix doctor"])
        case .raiseLimits:
            Remedy(
                "Run fewer guests at once.", in: .harness, ["kmatrix run --kernel SERIES --cgroup LAYOUT --jobs 1"],
                note: "An emulated guest on a busy host is slow.")
        case .chooseKernel: Remedy("Choose a kernel that is available.", in: .harness, ["kmatrix kernels list --all-versions"])
        case .buildImage: Remedy("Build the distribution's image and read the error.", in: .harness, ["kmatrix distros build DISTRO --refresh"])
        default: Remedy("Choose a layout that the guest's systemd still offers.", in: .harness, ["kmatrix run --distro DISTRO --cgroup unified"])
        }
    }
}
