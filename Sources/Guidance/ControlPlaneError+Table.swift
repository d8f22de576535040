extension ControlPlaneError {
    private static let show = "az vm show --resource-group RESOURCE_GROUP --name VM --query securityProfile.proxyAgentSettings"
    private static let settings = "securityProfile.proxyAgentSettings"
    private static let profile = "A version of an inVMAccessControlProfile of a gallery, by its resource id"

    private static func together(_ endpoint: String) -> ControlPlaneError {
        let property = "\(settings).\(endpoint)"
        return ControlPlaneError(
            codes: ["BadRequest"],
            message: "The property \(property).inVMAccessControlProfileReferenceId can't be used together with property \(property).mode",
            parameters: [], property: property, action: "Fix the parameter: give either a mode or a profile for \(endpoint), not both.",
            commands: [show, "az vm update --resource-group RESOURCE_GROUP --name VM --remove \(property).mode"])
    }

    private static func mode(_ endpoint: String) -> ControlPlaneError {
        let property = "\(settings).\(endpoint).mode"
        return ControlPlaneError(
            codes: ["BadRequest"], message: "The value of parameter \(property) is invalid.", parameters: [], property: property,
            action: "Give a valid value: Audit, Enforce or Disabled. The article's `Enable` is a slip for `Enforce`.",
            commands: [show, "az vm update --resource-group RESOURCE_GROUP --name VM --set \(property)=Audit"])
    }

    /// In the article's order.
    public static let all: [ControlPlaneError] = [
        ControlPlaneError(
            codes: ["ProxyAgentNotSupportedInRegion"],
            message: "Creation of VMs or Virtual Machine Scale Sets with ProxyAgent feature isn't supported in this region.",
            parameters: [], property: "location", action: "Choose a supported region.", commands: ["az vm create --location OTHER_REGION"]),
        ControlPlaneError(
            codes: ["SubscriptionNotEnabledForProxyAgentFeature"], message: "The subscription is not registered for the private preview of ProxyAgent feature.",
            parameters: [], property: nil, action: "Register the feature flag.",
            commands: [
                "az feature list --namespace Microsoft.Compute --query \"[?contains(name, 'ProxyAgent')]\"",
                "az feature register --namespace Microsoft.Compute --name FEATURE",
                "az provider register --namespace Microsoft.Compute",
            ]),
        together("wireServer"), together("imds"),
        ControlPlaneError(
            codes: ["BadRequest"], message: "The value \(settings).keyIncarnationId can only be incremented.", parameters: [],
            property: "\(settings).keyIncarnationId",
            action: "Fix the parameter: give a higher number than the model has.",
            commands: [show, "az vm update --resource-group RESOURCE_GROUP --name VM --set \(settings).keyIncarnationId=HIGHER_NUMBER"]),
        mode("wireServer"), mode("imds"),
        ControlPlaneError(
            codes: ["InvalidParameter"],
            message:
                "The resource id '{0}' isn't a valid gallery inVMAccessControlProfile reference. A gallery inVMAccessControlProfile reference should "
                + "be a valid resource identifier, of the format: "
                + "'/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/"
                + "galleries/{galleryName}/inVMAccessControlProfiles/{profileName}/versions/{version}'.",
            parameters: ["The resource id that was given"], property: "\(settings).*.inVMAccessControlProfileReferenceId", action: "Fix the parameter value.",
            commands: [show, "az resource list --resource-type Microsoft.Compute/galleries/inVMAccessControlProfiles/versions --query \"[].id\""]),
        ControlPlaneError(
            codes: ["BadRequest", "GalleryInVMAccessControlProfileNotMatchOSDisk"],
            message: "Current Gallery InVMAccessControlProfile Version {0} supports OS {1}, while current OSDisk's OS is {2}.",
            parameters: [profile, "The operating system that the profile is made for", "The operating system of the machine's disk"],
            property: "\(settings).*.inVMAccessControlProfileReferenceId", action: "Fix the parameter value: choose a profile for this operating system.",
            commands: [show]),
        ControlPlaneError(
            codes: ["BadRequest", "GalleryInVMAccessControlProfileNotMatchHostEndpointType"],
            message: "Current Gallery InVMAccessControlProfile Version {0} is for host endpoint {1}, while current referred by {2}.",
            parameters: [profile, "The endpoint that the profile is made for", "The endpoint whose settings name it"],
            property: "\(settings).*.inVMAccessControlProfileReferenceId",
            action: "Fix the parameter value: a profile for WireServer belongs to wireServer, one for IMDS to imds.", commands: [show]),
        ControlPlaneError(
            codes: ["InVMAccessControlProfileNotFound"],
            message: "The gallery InVMAccessControlProfile '{0}' isn't available. Verify that the InVMAccessControlProfileReferenceId passed in is correct.",
            parameters: [profile],
            property: "\(settings).*.inVMAccessControlProfileReferenceId",
            action: "Check that the profile exists and is replicated in the regions where the VM or virtual machine scale set exists.",
            commands: ["az resource show --ids PROFILE_VERSION_ID --query properties.publishingProfile.targetRegions"]),
        ControlPlaneError(
            codes: ["InVMAccessControlProfileNotFound"],
            message: "Failed to prepare the InVMAccessControlProfile '{0}' metadata for one or more resources due to an error: '{1}'.",
            parameters: [profile, "The error"],
            property: "\(settings).*.inVMAccessControlProfileReferenceId", action: "Create a new profile and start over.",
            commands: ["az rest --method put --url 'https://management.azure.com/PROFILE_ID?api-version=API_VERSION' --body @profile.json"]),
    ]
}
