import Guidance
import Judgement
import MatrixModel

extension FieldFacts {
    /// The most refusals that are kept: the first and the number tell enough.
    private static let mostKept = 32

    mutating func readStatus(_ file: LegibleFile) {
        if ReportedStatus.parts.contains(where: { file.contains($0) }), let status = ReportedStatus(file.text, file: file.name) {
            statuses.append(status)
        } else if file.baseName.hasPrefix("status"), file.baseName.hasSuffix(".json") {
            brokenStatus = file.bytes.isEmpty ? Finding(source: Quote.line(file.name), quote: "(empty)") : Self.finding(file, file.text.prefix(200))
        }
    }

    /// cloud-init's own words (sources/azure/errors.py and sources/DataSourceAzure.py since 24.3), and the platform's code.
    mutating func readProvisioning(_ file: LegibleFile) {
        let needles = ["loud-init", "azure-proxy-agent", "OSProvisioningInternalError", "platform failed to record success", "ready to Azure fabric"]
        for line in file.lines(containing: needles) {
            if cloudInit == nil, let version = Self.cloudInitVersion(line) { cloudInit = Observed(version, Self.finding(file, line)) }
            if line.contains("azure-proxy-agent not found") || line.contains("azure-proxy-agent is not found") {
                provisioningSaysMissing = provisioningSaysMissing ?? Self.finding(file, line)
            } else if line.contains("azure-proxy-agent status failure") {
                provisioningSaysUnhealthy = provisioningSaysUnhealthy ?? Self.finding(file, line)
            } else if line.contains("OSProvisioningInternalError") || line.contains("platform failed to record success") {
                provisioningFailed = provisioningFailed ?? Self.finding(file, line)
            } else if line.contains("Reporting ready to Azure fabric") || line.contains("Reported ready to Azure fabric") {
                provisioningReady = provisioningReady ?? Self.finding(file, line)
            }
        }
    }

    /// `Cloud-init v. 24.1.3-0ubuntu3 running …` of its log; `/usr/bin/cloud-init 24.1.3` of `cloud-init --version`.
    private static func cloudInitVersion(_ line: Substring) -> String? {
        for start in ["Cloud-init v. ", "cloud-init "] {
            guard let range = line.firstRange(of: start) else { continue }
            let version = line[range.upperBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || ".-~+:".contains($0)) }.prefix(64)
            if version.first?.isNumber == true, version.contains(".") { return String(version) }
        }
        return nil
    }

    /// The agent's words on its key, in the order in which they were written: a success takes back what went wrong before it.
    mutating func readAgentLog(_ file: LegibleFile) {
        // A status speaks for itself, and of the present only.
        guard statuses.last?.file != file.name else { return }
        let needles = ["ready to use", "Failed to ", "is damaged"]
        for line in file.lines(containing: needles) {
            if line.contains("Found key details from local and ready to use") || line.contains("Successfully attest the key and ready to use") {
                keySuccess = Self.finding(file, line)
                keyRefusals = []
                keyMissing = nil
                attestFailed = nil
                platformErrors = []
            } else if line.contains("Failed to acquire key details") {
                if keyRefusals.count < Self.mostKept { keyRefusals.append(Self.finding(file, line)) }
            } else if line.contains("Failed to check the key") || line.contains("The key file '") && line.contains("is damaged") {
                keyMissing = Self.finding(file, line)
            } else if line.contains("Failed to attest the key") {
                attestFailed = Self.finding(file, line)
            } else if line.contains("Failed to get key status - "), platformErrors.count < Self.mostKept {
                platformErrors.append(Self.finding(file, line))
            }
        }
    }

    /// A file of its own, or what an agent's log has between `Verifier output:` and the statistics that end it.
    mutating func readVerifierLog(_ file: LegibleFile) {
        if file.baseName.contains("verifier") {
            let log = VerifierLog(file.text)
            if let refusal = log.refusal { verifierLog = Observed(log, Self.finding(file, refusal)) }
        } else if verifierLog == nil, statuses.last?.file != file.name, file.contains("Verifier output: "), let start = file.text.lastRange(of: "Verifier output: "),
            let end = file.text[start.upperBound...].firstRange(of: "\nprocessed ")
        {
            let log = VerifierLog(file.text[start.upperBound..<end.lowerBound], isWhole: true)
            if let refusal = log.refusal { verifierLog = Observed(log, Self.finding(file, refusal)) }
        }
    }
}

extension StringProtocol {
    func lastRange(of other: String) -> Range<Index>? { ranges(of: other).last }
}
