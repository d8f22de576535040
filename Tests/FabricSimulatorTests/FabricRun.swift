import Foundation
import MatrixModel
import SystemPackage
import TestSupport

@testable import FabricSimulator

/// A fabric in a folder of its own, and what one asks it.
struct FabricRun {
    let folder: TemporaryFolder
    var scenario: Scenario
    var place: FilePath
    var journal: FilePath

    /// - Parameter scenario: A name of `images/scenarios`; the protocol is off unless said otherwise, so that every endpoint answers.
    init(_ scenario: String = "disabled") throws {
        self.scenario = try Self.scenario(scenario)
        folder = try TemporaryFolder()
        place = folder.path
        journal = folder.path.appending("fabric.jsonl")
    }

    /// Serves while the body runs; returns the journal that was returned.
    @discardableResult
    func serve(_ body: @Sendable () async throws -> Void) async throws -> [FabricRequest]? {
        try await Fabric.serve(in: place, journal: journal, scenario: scenario, body: body).requests
    }

    static let scenarios = Repository.root.appending(path: "images/scenarios")

    static func scenario(_ name: String) throws -> Scenario {
        let file = scenarios.appending(path: "\(name).yml")
        return try Scenario(parsing: String(contentsOf: file, encoding: .utf8), source: file.path)
    }

    func connect(_ endpoint: FabricRequest.Endpoint) throws -> UnixConnection {
        try UnixConnection(Fabric.socketName(endpoint), in: place)
    }

    /// One request on a connection of its own.
    func ask(_ endpoint: FabricRequest.Endpoint, _ line: String, _ headers: [String] = [], body: String = "") throws -> HTTPAnswer? {
        let connection = try connect(endpoint)
        try connection.send(Self.request(line, headers + ["Connection: close"], body: body))
        return try connection.receiveAnswer(hasBody: !line.hasPrefix("HEAD"))
    }

    static func request(_ line: String, _ headers: [String] = [], body: String = "") -> String {
        let length = body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"]
        return ([line + " HTTP/1.1", "Host: platform"] + headers + length).map { $0 + "\r\n" }.joined() + "\r\n" + body
    }

    /// The lines of the journal's file.
    var written: [FabricRequest] {
        get throws {
            let text = try String(contentsOf: URL(filePath: journal.string), encoding: .utf8)
            return try text.split(separator: "\n").map { try JSONDecoder().decode(FabricRequest.self, from: Data($0.utf8)) }
        }
    }
}
