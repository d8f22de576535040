import Guidance
import Judgement
import MatrixModel

extension FieldFacts {
    /// cloud-init's own words (sources/azure/errors.py and sources/DataSourceAzure.py since 24.3), and the platform's code.
    mutating func readProvisioning(_ text: FieldText) {
        guard
            ["loud-init", "azure-proxy-agent", "OSProvisioningInternalError", "Azure fabric", "failed to record success", "ProvisionGuestProxyAgent"].contains(
                where: { text.bytes.contains($0) })
        else { return }
        for line in text.lines {
            let words = line.text
            if cloudInit == nil, let version = Self.cloudInitVersion(words) { cloudInit = Observed(version, text.finding(line)) }
            if let range = words.firstRange(of: "ProvisionGuestProxyAgent") {
                let value = words[range.upperBound...].lowercased()
                if value.hasPrefix(": true") || value.hasPrefix(">true") || value.hasPrefix("=true") { provisioningAsked = Observed(true, text.finding(line)) }
                if value.hasPrefix(": false") || value.hasPrefix(">false") || value.hasPrefix("=false") {
                    provisioningAsked = Observed(false, text.finding(line))
                }
            }
            if words.contains("azure-proxy-agent"), words.contains("--status"), words.contains("resulted in"), words.contains("stderr=''"),
                words.contains("stdout=''")
            {
                agentAnswered = text.finding(line)
            }
            if line.raw.contains("azure-proxy-agent"), let range = line.raw.firstRange(of: "exit_code="), let digit = line.raw[range.upperBound...].first,
                let code = Int(String(digit))
            {
                provisioningExit = code
            }
            if words.contains("azure-proxy-agent not found") || words.contains("azure-proxy-agent is not found") {
                provisioningSaysMissing = provisioningSaysMissing ?? text.finding(line)
            } else if words.contains("azure-proxy-agent status failure") || words.contains("Failed to activate Azure Guest Proxy Agent: status check failed") {
                provisioningSaysUnhealthy = provisioningSaysUnhealthy ?? text.finding(line)
            } else if words.contains("OSProvisioningInternalError") || words.contains("platform failed to record success") {
                provisioningFailed = provisioningFailed ?? text.finding(line)
            } else if words.contains("Reporting ready to Azure fabric") || words.contains("Reported ready to Azure fabric") {
                provisioningReady = provisioningReady ?? text.finding(line)
            }
        }
    }

    /// `Cloud-init v. 24.1.3-0ubuntu3 running …` of its log; `/usr/bin/cloud-init 24.1.3` of `cloud-init --version`.
    private static func cloudInitVersion(_ line: String) -> String? {
        for start in ["Cloud-init v. ", "cloud-init "] {
            guard let range = line.firstRange(of: start) else { continue }
            let version = line[range.upperBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || ".-~+:".contains($0)) }.prefix(64)
            if version.first?.isNumber == true, version.contains(".") { return String(version) }
        }
        return nil
    }

    /// Whether this cloud-init waits, by its version; nil for a distribution that ports the wait back to older versions.
    var cloudInitWaits: Bool? {
        guard let cloudInit, let version = CloudInitVersion(cloudInit.value) else { return nil }
        if version.waitsForAgent { return true }
        let isPortedBack = [".cm", "azl", ".el", "amzn", ".sle", "suse"].contains { cloudInit.value.lowercased().contains($0) }
        return isPortedBack ? nil : false
    }
}
