public import MatrixModel
import NIOCore
import NIOHTTP1
import NIOPosix
public import SystemPackage

/// Simulates the platform for one guest: WireServer, HostGAPlugin and IMDS, each on a Unix socket in the guest's folder.
public enum Fabric {
    /// The name of an endpoint's socket in the guest's folder.
    public static func socketName(_ endpoint: FabricRequest.Endpoint) -> String { "\(endpoint.rawValue).sock" }

    /// Serves the three endpoints while the body runs, and records every request in a journal.
    ///
    /// - Parameters:
    ///   - folder: The folder of the sockets.
    ///   - scenario: What the platform does.
    ///   - journal: The journal's file, with one JSON object per line.
    /// - Returns: What the body returned, and every request in the order of its answer; nil in place of the requests when the journal
    ///   could not be written whole, for then it proves nothing.
    /// - Throws: `FabricError` when an endpoint cannot be opened, or what the body throws.
    public static func serve<Value: Sendable>(
        in folder: FilePath, journal path: FilePath, scenario: Scenario, body: @Sendable () async throws -> Value
    ) async throws -> (value: Value, requests: [FabricRequest]?) {
        let directory: SystemPackage.FileDescriptor
        do {
            directory = try SystemPackage.FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec])
        } catch {
            throw FabricError(.folder, subject: folder.string, detail: "\(error)")
        }
        defer { try? directory.close() }
        let journal = try FabricJournal(path: path)
        let connections = OpenConnections()
        let platform = Platform(scenario)
        var servers: [any Channel] = []
        do {
            for endpoint in FabricRequest.Endpoint.allCases {
                // A socket's address takes 108 bytes (unix(7)); the folder's own path may be longer.
                let address = "/proc/self/fd/\(directory.rawValue)/\(socketName(endpoint))"
                servers.append(try await listen(endpoint, at: address, platform, journal, connections))
            }
            let value = try await body()
            await close(servers, connections, in: folder)
            return (value, journal.close())
        } catch {
            await close(servers, connections, in: folder)
            _ = journal.close()
            throw error
        }
    }

    private static func listen(
        _ endpoint: FabricRequest.Endpoint, at address: String, _ platform: Platform, _ journal: FabricJournal, _ connections: OpenConnections
    ) async throws -> any Channel {
        do {
            return try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .serverChannelOption(.backlog, value: 256)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try connections.add(channel)
                        try prepare(channel, endpoint, platform, journal)
                    }
                }
                .bind(unixDomainSocketPath: address, cleanupExistingSocketFile: true).get()
        } catch {
            throw FabricError(.socket, subject: endpoint.rawValue, detail: "\(error)")
        }
    }

    /// Sets a connection up for HTTP. It has no idle timeout: connections from before the agent's start stay open and silent until a slow guest
    /// has started the agent.
    static func prepare(_ channel: any Channel, _ endpoint: FabricRequest.Endpoint, _ platform: Platform, _ journal: FabricJournal) throws {
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: true, withErrorHandling: true)
        try channel.pipeline.syncOperations.addHandler(FabricConnection(endpoint, platform, journal))
    }

    /// Closes the sockets that this call opened, and leaves other files of the same names alone.
    private static func close(_ servers: [any Channel], _ connections: OpenConnections, in folder: FilePath) async {
        for (server, endpoint) in zip(servers, FabricRequest.Endpoint.allCases) {
            try? await server.close()
            try? FileRemoval.remove(folder.appending(socketName(endpoint)))
        }
        await connections.close()
    }
}

/// Limits for a guest's requests: the guest is not trusted.
enum FabricLimits {
    /// The size of a request's body, in bytes.
    static let body = 1 << 20
    /// The length of a target, and of each header value in the journal, in bytes.
    static let text = 1024
    static let requests = 120_000
    static let connections = 512
}
