public import ArtefactCache
import Foundation
public import SystemPackage

/// The disc by which the platform tells a new machine who it is: `ovf-env.xml` on ISO 9660 (OVF 1.0 environment document with Azure's
/// provisioning and platform sections, as cloud-init's Azure data source reads them).
public struct ProvisioningDisc: Hashable, Sendable {
    /// Whether cloud-init is to wait for the agent; otherwise nothing is said of it, as by platforms without the protocol.
    public let asksForAgent: Bool

    public init(asksForAgent: Bool) { self.asksForAgent = asksForAgent }

    /// - Throws: `GuestImageError` (`toolMissing`, `noSpace`, `buildFailed`), `CacheError`, `CancellationError`.
    public func build(in cache: ArtefactCache) async throws -> FilePath {
        let key = FileContent.digest(of: ["1", document])
        let folder = try await cache.entry(kind: "provisioning", key: key) { folder in
            let content = folder.appending("content")
            try FileManager.default.createDirectory(atPath: content.string, withIntermediateDirectories: true)
            try Data(document.utf8).write(to: URL(filePath: content.appending("ovf-env.xml").string))
            let disc = folder.appending(Self.name)
            try await BuildTool.run(
                "xorriso", ["-as", "mkisofs", "-quiet", "-V", "rd_rdfe_stable", "-J", "-r", "-o", disc.string, content.string], building: disc)
        }
        return folder.appending(Self.name)
    }

    private static let name = "provisioning.iso"

    var document: String {
        let agent = asksForAgent ? "<ProvisionGuestProxyAgent>true</ProvisionGuestProxyAgent>" : ""
        return """
            <?xml version="1.0" encoding="utf-8"?>
            <Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:wa="http://schemas.microsoft.com/windowsazure" \
            xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
              <wa:ProvisioningSection>
                <wa:Version>1.0</wa:Version>
                <LinuxProvisioningConfigurationSet xmlns="http://schemas.microsoft.com/windowsazure">
                  <ConfigurationSetType>LinuxProvisioningConfiguration</ConfigurationSetType>
                  <HostName>kmatrix-guest</HostName>
                  <UserName>kmatrix</UserName>
                  <DisableSshPasswordAuthentication>true</DisableSshPasswordAuthentication>
                </LinuxProvisioningConfigurationSet>
              </wa:ProvisioningSection>
              <wa:PlatformSettingsSection>
                <wa:Version>1.0</wa:Version>
                <PlatformSettings xmlns="http://schemas.microsoft.com/windowsazure">
                  <ProvisionGuestAgent>false</ProvisionGuestAgent>
                  \(agent)
                </PlatformSettings>
              </wa:PlatformSettingsSection>
            </Environment>

            """
    }
}
