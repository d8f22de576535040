import Foundation
import MatrixModel
import NIOHTTP1
import Synchronization

/// The platform of one guest: carries out its scenario, checks the signature of every request, and rejects requests that it must not answer.
final class Platform: Sendable {
    /// The outcome of a request.
    struct Reply {
        /// Nil when the connection is closed without an answer.
        let answer: PlatformAnswer?
        let signature: FabricRequest.Signature
        let note: String?
        /// What the request reported of the guest's provisioning.
        var report: ProvisioningReport?
    }

    private struct State {
        var channel: SecureChannel
        var events: [Scenario.Event]
        var isDown: Bool
        var started: ContinuousClock.Instant?
        var latched: ContinuousClock.Instant?
        var statusCalls = 0
    }

    let scenario: Scenario
    private let state: Mutex<State>

    init(_ scenario: Scenario) {
        self.scenario = scenario
        state = Mutex(State(channel: SecureChannel(scenario), events: scenario.timeline, isDown: scenario.faults.isDown))
    }

    func reply(to request: PlatformRequest, at endpoint: FabricRequest.Endpoint, now: ContinuousClock.Instant = .now) -> Reply {
        state.withLock { state in
            let isChannelCall = endpoint == .wireServer && request.path.hasPrefix("/secure-channel/")
            if isChannelCall, state.started == nil { state.started = now }
            Self.play(&state, now)
            if state.isDown { return Reply(answer: nil, signature: .absent, note: "the platform is down") }
            let keys = [state.channel.latched, state.channel.pending].compactMap(\.self)
            let (signature, note) = RequestSignatureCheck(request: request, now: Date()).result(keys: keys)
            if isChannelCall {
                let (answer, why) = channelCall(request, signature, &state, now)
                return Reply(answer: answer, signature: signature, note: why ?? note)
            }
            let isForgiven = signature == .absent && scenario.faults.answersUnsigned
            if signature != .verified, !isForgiven, state.channel.demandsSignature(endpoint), !Self.isExempt(request, endpoint) {
                return Reply(answer: PlatformAnswer(.forbidden), signature: signature, note: note ?? "a key is latched and the request is not signed")
            }
            let answer = Self.service(endpoint).answer(request)
            var reply = Reply(answer: answer, signature: signature, note: answer.note ?? note)
            if endpoint == .wireServer, let health = HealthReport(request) {
                reply.report = ProvisioningReport(
                    state: health.state, description: health.description, isRecorded: signature == .verified || !state.channel.enforces(.wireServer))
            }
            return reply
        }
    }

    /// Carries out the events that are due by now.
    private static func play(_ state: inout State, _ now: ContinuousClock.Instant) {
        state.events.removeAll { event in
            guard let origin = event.origin == .start ? state.started : state.latched, now - origin >= event.delay else { return false }
            switch event.action {
            case .down: state.isDown = true
            case .up: state.isDown = false
            default: state.channel.happen(event.action)
            }
            return true
        }
    }

    /// Whether this is one of the two calls that agents send unsigned by design, because they stream.
    private static func isExempt(_ request: PlatformRequest, _ endpoint: FabricRequest.Endpoint) -> Bool {
        let target = request.target.lowercased()
        switch endpoint {
        case .hostGAPlugin: return request.method == "PUT" && target == "/vmagentlog"
        case .wireServer: return request.method == "POST" && target == "/machine/?comp=telemetrydata"
        case .imds: return false
        }
    }

    private static func service(_ endpoint: FabricRequest.Endpoint) -> any PlatformEndpoint {
        switch endpoint {
        case .wireServer: WireServerEndpoint()
        case .hostGAPlugin: HostGAPluginEndpoint()
        case .imds: IMDSEndpoint()
        }
    }

    // MARK: The secure channel

    private func channelCall(
        _ request: PlatformRequest, _ signature: FabricRequest.Signature, _ state: inout State, _ now: ContinuousClock.Instant
    ) -> (PlatformAnswer, String?) {
        let parts = request.path.split(separator: "/").map(String.init)
        do throws(SecureChannel.Refusal) {
            switch (request.method, parts.dropFirst().first, parts.count) {
            case ("GET", "status", 2):
                state.statusCalls += 1
                let every = scenario.faults.failEvery
                if every > 0, state.statusCalls % every == 0 { throw SecureChannel.Refusal(status: 500, reason: "the scenario fails this call") }
                return (spoilt("status", state.channel.statusDocument), nil)
            case ("POST", "key", 2):
                return (spoilt("key", SecureChannel.document(try state.channel.acquire())), "a key was issued")
            case ("POST", "key", 4) where parts[3] == "key-attestation":
                try state.channel.attest(guid: parts[2], isVerified: signature == .verified)
                if state.latched == nil { state.latched = now }
                return (PlatformAnswer(.ok), "the key is latched")
            default: throw SecureChannel.Refusal(status: 404, reason: "no such call")
            }
        } catch {
            return (PlatformAnswer(HTTPResponseStatus(statusCode: error.status)), error.reason)
        }
    }

    /// The correct answer, or the one that the scenario sends in its place.
    private func spoilt(_ call: String, _ document: String) -> PlatformAnswer {
        let json = "application/json; charset=utf-8"
        switch scenario.faults.answers[call] {
        case nil: return PlatformAnswer(.ok, contentType: json, body: document)
        case .html: return PlatformAnswer(.ok, contentType: "text/html", body: "<html><body><h1>It works!</h1></body></html>")
        case .truncated: return PlatformAnswer(.ok, contentType: json, body: String(document.prefix(document.count / 2)))
        case .types: return PlatformAnswer(.ok, contentType: json, body: #"{"authorizationScheme":7,"version":2.0,"keyGuid":[],"key":{},"guid":true}"#)
        case .garbage: return PlatformAnswer(.ok, contentType: json, body: "\u{1}\u{2}\u{FFFD} no JSON \u{7F}")
        }
    }
}
