import EvidenceStore
import GuestProtocol
import Judgement
import MatrixModel

/// Puts evidence into a cell's folder. The host decides on every name.
struct EvidenceWriter {
    let folder: CellFolder
    let packagedConfiguration: [UInt8]?
    /// The known defects that the agent's profile declares for the day of the run.
    let knownDefects: [KnownDefect]

    /// The file of each item; all other items go into `facts.json`.
    static let files: [(EvidenceItem, EvidenceFile)] = [
        (.status, .status), (.finalStatus, .finalStatus), (.restartedStatus, .restartedStatus), (.connectionLog, .connectionLog),
        (.agentLog, .agentLog), (.verifierLog, .verifierLog), (.agentOutput, .agentOutput), (.kernelLog, .kernelLog),
        (.kernelConfig, .kernelConfig), (.installLog, .installLog), (.unitState, .unitState), (.unitJournal, .unitJournal),
        (.systemJournal, .systemJournal), (.cloudInitLog, .cloudInitLog), (.cloudInitStatus, .cloudInitStatus), (.cloudInitResult, .cloudInitResult),
    ]

    /// Writes the evidence. Continues after a failure, so that as much as possible is kept.
    /// - Returns: What could not be written, in words.
    func write(_ evidence: CellEvidence) -> [String] {
        var losses: [String] = []
        func attempt(_ body: () throws -> Void) {
            do { try body() } catch { losses.append("\(error)") }
        }
        for (item, file) in Self.files {
            guard let found = evidence.items[item] else { continue }
            attempt { try folder.write(found.bytes, to: file) }
        }
        attempt { try folder.save(KernelFacts(evidence: evidence, packagedConfiguration: packagedConfiguration), to: .facts) }
        attempt { try folder.save(evidence.reports.map(EncodedReport.init), to: .clients) }
        attempt { try folder.save(AttemptRecord(evidence, withFile: Set(Self.files.map(\.0)), knownDefects: knownDefects), to: .attempt) }
        return losses
    }
}

/// A client's report as `clients.json` has it.
struct EncodedReport: Codable {
    let name: String
    let connectErrno: Int32?
    let peer: String
    let httpStatus: Int32?
    let hasProxyHeader: Bool
    let body: String
    let microseconds: UInt64
    let failure: String

    init(_ report: ClientReport) {
        name = report.name
        connectErrno = report.connectError
        peer = report.peer
        httpStatus = report.httpStatus
        hasProxyHeader = report.hasProxyHeader
        body = String(decoding: report.body, as: UTF8.self)
        microseconds = report.microseconds
        failure = report.failure
    }

    var report: ClientReport {
        ClientReport(
            name: name, connectError: connectErrno, peer: peer, httpStatus: httpStatus, hasProxyHeader: hasProxyHeader, body: Array(body.utf8),
            microseconds: microseconds,
            failure: failure)
    }
}
