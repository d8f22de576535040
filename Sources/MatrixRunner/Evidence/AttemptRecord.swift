import Foundation
import GuestProtocol
import Judgement
import MatrixModel

/// What judging needs of an attempt and no other evidence file holds: `attempt.json`. With it a cell can be judged again without its guest.
struct AttemptRecord: Codable {
    /// Raised when a member changes its meaning.
    static let schema = 1

    /// A piece of evidence: how long it was in the guest, and its text where it has no file of its own.
    struct Item: Codable {
        let length: UInt64?
        let isTruncated: Bool
        let text: String?
    }

    /// What the plan asked of a client, as far as judging goes.
    struct Client: Codable {
        let name: String
        let kind: UInt8
        let user: UInt32
        let executable: String
        let address: [UInt8]
        let port: UInt16
    }

    struct Ending: Codable {
        let how: String
        let number: Int32
    }

    struct Fate: Codable {
        let how: String
        let detail: String?
    }

    let schema: Int
    let layout: CgroupLayout
    let expectation: ScenarioExpectation
    let profile: String?
    let deployment: Deployment?
    let fate: Fate
    let release: String?
    let machine: String?
    /// This and `askedKernel` are missing in documents from before kernels were compared.
    let build: String?
    let askedKernel: AskedKernel?
    let phases: [UInt8]
    let clockRate: Double?
    let setupFailure: [String]?
    let agentEnding: Ending?
    let items: [UInt8: Item]
    let clients: [Client]
    let losses: [String]
    let hasJournal: Bool
    let knownDefects: [KnownDefect]

    init(_ evidence: CellEvidence, withFile: Set<EvidenceItem>, knownDefects: [KnownDefect]) {
        schema = Self.schema
        layout = evidence.layout
        expectation = evidence.expectation
        profile = evidence.profile?.rawValue
        deployment = evidence.deployment
        fate = Fate(evidence.fate)
        release = evidence.hello?.release
        machine = evidence.hello?.machine
        build = evidence.hello?.build
        askedKernel = evidence.askedKernel
        phases = evidence.phases.map(\.rawValue).sorted()
        clockRate = evidence.clockRate
        setupFailure = evidence.setupFailure.map { [$0.step, $0.reason] }
        agentEnding = evidence.agentEnding.map(Ending.init)
        items = Dictionary(
            uniqueKeysWithValues: evidence.items.map { item, found in
                (item.rawValue, Item(length: found.length, isTruncated: found.isTruncated, text: withFile.contains(item) ? nil : found.text))
            })
        clients = evidence.clients.map {
            Client(name: $0.name, kind: $0.kind.rawValue, user: $0.user, executable: $0.executable, address: $0.address, port: $0.port)
        }
        losses = evidence.losses
        hasJournal = evidence.journal != nil
        self.knownDefects = knownDefects
    }

    /// The members of a document that this schema does not have. With a damaged name, a member's value would be lost without notice.
    static func unknownMembers(of document: [UInt8]) -> [String] {
        let members = (try? JSONSerialization.jsonObject(with: Data(document))) as? [String: Any] ?? [:]
        return members.keys.filter { CodingKeys(stringValue: $0) == nil }.sorted()
    }

    /// Whether the guest was to boot with a hardening profile that this kmatrix does not know.
    var hasUnknownProfile: Bool { profile.map { BootProfile(rawValue: $0) == nil } ?? false }

    /// The evidence, without items that have files of their own.
    func evidence() -> CellEvidence {
        var evidence = CellEvidence(layout: layout, expectation: expectation, fate: fate.value)
        evidence.profile = profile.flatMap(BootProfile.init(rawValue:))
        evidence.deployment = deployment
        if let release, let machine { evidence.hello = GuestHello(release: release, build: build ?? "", machine: machine, uptimeMilliseconds: 0) }
        evidence.askedKernel = askedKernel
        evidence.phases = Set(phases.compactMap(GuestPhase.init(rawValue:)))
        evidence.clockRate = clockRate
        if let setupFailure, setupFailure.count == 2 { evidence.setupFailure = CellEvidence.SetupFailure(step: setupFailure[0], reason: setupFailure[1]) }
        evidence.agentEnding = agentEnding?.value
        for (raw, item) in items {
            guard let name = EvidenceItem(rawValue: raw) else { continue }
            evidence.items[name] = CellEvidence.Item(bytes: item.text.map { Array($0.utf8) } ?? [], length: item.length, isTruncated: item.isTruncated)
        }
        evidence.clients = clients.compactMap { client in
            ClientSpec.Kind(rawValue: client.kind).map {
                ClientSpec(name: client.name, kind: $0, user: client.user, executable: client.executable, address: client.address, port: client.port)
            }
        }
        evidence.losses = losses
        return evidence
    }
}

extension AttemptRecord.Fate {
    init(_ fate: GuestFate) {
        switch fate {
        case .poweredOff: self.init(how: "powered-off", detail: nil)
        case .endedEarly: self.init(how: "ended-early", detail: nil)
        case .hung: self.init(how: "hung", detail: nil)
        case .deadline: self.init(how: "deadline", detail: nil)
        case .emulatorExited(let reason): self.init(how: "emulator-exited", detail: reason)
        case .consoleFlood: self.init(how: "console-flood", detail: nil)
        case .protocolViolation(let what): self.init(how: "protocol-violation", detail: what)
        case .harnessFailed(let reason): self.init(how: "harness-failed", detail: reason)
        }
    }

    /// An unknown fate becomes a harness failure, because it proves nothing.
    var value: GuestFate {
        switch how {
        case "powered-off": .poweredOff
        case "ended-early": .endedEarly
        case "hung": .hung
        case "deadline": .deadline
        case "emulator-exited": .emulatorExited(detail ?? "")
        case "console-flood": .consoleFlood
        case "protocol-violation": .protocolViolation(detail ?? "")
        default: .harnessFailed(detail ?? how)
        }
    }
}

extension AttemptRecord.Ending {
    init(_ ending: ProcessEnding) {
        switch ending {
        case .exited(let code): self.init(how: "exited", number: code)
        case .signalled(let signal): self.init(how: "signalled", number: signal)
        case .notStarted(let error): self.init(how: "not-started", number: error)
        case .startedAgain(let times): self.init(how: "started-again", number: times)
        }
    }

    var value: ProcessEnding {
        switch how {
        case "exited": .exited(code: number)
        case "signalled": .signalled(signal: number)
        case "started-again": .startedAgain(times: number)
        default: .notStarted(error: number)
        }
    }
}
