import MatrixModel
import NIOHTTP1
import Testing

@testable import FabricSimulator

@Suite("A report of a guest's health")
struct HealthReportTests {
    /// As cloud-init 25.1.4 writes it.
    static let notReady = """
        <?xml version="1.0" encoding="utf-8"?>
        <Health xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
         xmlns:xsd="http://www.w3.org/2001/XMLSchema">
          <GoalStateIncarnation>1</GoalStateIncarnation>
          <Container>
            <ContainerId>00000000-0000-0000-0000-000000000003</ContainerId>
            <RoleInstanceList>
              <Role>
                <InstanceId>_kmatrix-guest</InstanceId>
                <Health>
                  <State>NotReady</State>
                  <Details>
          <SubStatus>ProvisioningFailed</SubStatus>
          <Description>result=error|reason=azure-proxy-agent not found|&lt;a&gt; &amp;amp;</Description>
        </Details>
                </Health>
              </Role>
            </RoleInstanceList>
          </Container>
        </Health>
        """

    private static func post(_ body: String, to target: String = "/machine?comp=health", method: String = "POST") -> PlatformRequest {
        PlatformRequest(method: method, target: target, headers: [:], body: Array(body.utf8))
    }

    @Test("says the state and why")
    func content() throws {
        let report = try #require(HealthReport(Self.post(Self.notReady)))
        #expect(report.state == "NotReady")
        #expect(report.description == "result=error|reason=azure-proxy-agent not found|<a> &amp;")
    }

    @Test(
        "is nothing else",
        arguments: [
            ("POST", "/machine?comp=goalstate", notReady), ("GET", "/machine?comp=health", notReady), ("POST", "/machine?comp=health", "<Health/>"),
            ("POST", "/machine?comp=health", "<State>Ready"), ("POST", "/machine?comp=health", ""),
        ])
    func others(method: String, target: String, body: String) {
        #expect(HealthReport(Self.post(body, to: target, method: method)) == nil)
    }

    @Test("counts for a platform that enforces only when it is signed, and for another always", arguments: [("normal", false), ("disabled", true)])
    func recording(scenario: String, isRecorded: Bool) throws {
        let platform = Platform(try FabricRun.scenario(scenario))
        let reply = platform.reply(to: Self.post("<State>Ready</State>"), at: .wireServer)
        #expect(reply.report == ProvisioningReport(state: "Ready", description: nil, isRecorded: isRecorded))
        #expect(platform.reply(to: Self.post("<State>Ready</State>"), at: .imds).report == nil)
    }
}
