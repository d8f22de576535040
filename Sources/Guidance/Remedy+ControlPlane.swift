/// What is done to the model of the virtual machine.
extension Remedy {
    private static let virtualMachine = "--resource-group RESOURCE_GROUP --name VM"

    static let resetKey = Remedy(
        "Reset the key: give the model a KeyIncarnationId that is higher than any before. The agent then gets a new key automatically.",
        in: .controlPlane,
        [
            "az vm show \(virtualMachine) --query securityProfile.proxyAgentSettings.keyIncarnationId",
            "az vm update \(virtualMachine) --set securityProfile.proxyAgentSettings.keyIncarnationId=HIGHER_NUMBER",
        ], note: "The numbers must strictly increase; a request with a lower or equal one may not be applied.")
    static let installAgent = Remedy(
        "Add the agent's VM extension before the protocol is enabled.", in: .controlPlane,
        ["az vm extension set --resource-group RESOURCE_GROUP --vm-name VM --publisher Microsoft.CPlat.ProxyAgent --name ProxyAgentLinux"],
        note: "The extension refuses distributions it does not know (exit 6); an image that holds the agent's package has no such limit.")
    static let enableInModel = Remedy(
        "Check what the model asks for, and enable the protocol in it.", in: .controlPlane,
        [
            "az vm show \(virtualMachine) --query securityProfile.proxyAgentSettings",
            "az vm update \(virtualMachine) --set securityProfile.proxyAgentSettings.enabled=true "
                + "securityProfile.proxyAgentSettings.imds.mode=Enforce "
                + "securityProfile.proxyAgentSettings.wireServer.mode=Enforce",
        ], note: "Protection begins when the machine reports that it has its key, which may take some minutes.")
    static let correctModel = Remedy(
        "Correct the request: see what the model holds, and send valid values.", in: .controlPlane,
        ["az vm show \(virtualMachine) --query securityProfile.proxyAgentSettings"],
        note: "A mode is Audit, Enforce or Disabled. `kmatrix explain` explains each error of the control plane.")
    static let askForAgent = Remedy(
        "Deploy with the protocol enabled, so that the platform asks cloud-init to wait for the agent.", in: .controlPlane,
        [
            "az vm show \(virtualMachine) --query securityProfile.proxyAgentSettings.enabled",
            "sudo grep -o 'ProvisionGuestProxyAgent>[a-z]*' /var/lib/waagent/ovf-env.xml",
        ])
    static let retryDeployment = Remedy(
        "Deploy again; some failures are transient.", in: .controlPlane,
        ["az vm create \(virtualMachine) --image IMAGE --enable-proxy-agent true"],
        note: "If it fails in the same way three times, it is not transient: collect the logs and contact support.")
    static let optOut = Remedy(
        "Opt out of the protocol until the machine supports it.", in: .controlPlane,
        ["az vm update \(virtualMachine) --set securityProfile.proxyAgentSettings.enabled=false"],
        note: "Without the protocol the metadata services answer every process on the machine.")
}
