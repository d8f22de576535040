import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
public import SystemPackage

/// A web server on 127.0.0.1 that serves a folder and can be told to serve parts of it badly.
public final class LoopbackServer: Sendable {
    /// How a path is served badly.
    public enum Fault: Hashable, Sendable {
        /// Answers with this status and no content.
        case status(Int)
        /// Announces the whole content, sends so many bytes of it, and then nothing more.
        case stall(afterBytes: Int)
        /// Announces the whole content, sends so many bytes of it, and closes.
        case cut(afterBytes: Int)
        /// Sends the content without announcing its length.
        case unannounced
        /// Answers with this status so many times, and then well.
        case passing(status: Int, times: Int)
    }

    private let channel: any Channel
    private let state: ServedState

    private init(channel: any Channel, state: ServedState) {
        self.channel = channel
        self.state = state
    }

    /// Serves `root` while `body` runs.
    public static func serving<Result>(_ root: FilePath, _ body: (LoopbackServer) async throws -> Result) async throws -> Result {
        let state = ServedState(root: root)
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(FileHandler(state: state))
                }
            }
        let server = LoopbackServer(channel: try await bootstrap.bind(host: "127.0.0.1", port: 0).get(), state: state)
        do {
            let result = try await body(server)
            try await server.channel.close().get()
            return result
        } catch {
            try? await server.channel.close().get()
            throw error
        }
    }

    public var address: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    /// Every path that was asked for so far, in order.
    public var requests: [String] { state.requests.withLock { $0 } }

    /// The offsets at which transfers were asked to begin, but for those that began at the beginning.
    public var resumptions: [Int] { state.resumptions.withLock { $0 } }

    /// From now on every path that begins so is given only to those who bring a token; the others are told where one is had.
    public func setChallenge(_ challenge: String, token: String, forPathsBeginning prefix: String) {
        state.challenge.withLock { $0 = ServedState.Challenge(text: challenge, token: token, prefix: prefix) }
    }

    /// Serves every path that ends so badly from now on; nil serves it well again.
    public func setFault(_ fault: Fault?, forPathsEnding suffix: String) {
        state.faults.withLock { $0[suffix] = fault }
    }
}

private final class ServedState: Sendable {
    let root: FilePath
    let faults = Mutex<[String: LoopbackServer.Fault]>([:])
    let requests = Mutex<[String]>([])
    let resumptions = Mutex<[Int]>([])
    let challenge = Mutex<Challenge?>(nil)

    struct Challenge {
        let text: String
        let token: String
        let prefix: String
    }

    init(root: FilePath) { self.root = root }

    func fault(for path: String) -> LoopbackServer.Fault? {
        faults.withLock { faults in
            guard let (suffix, fault) = faults.first(where: { path.hasSuffix($0.key) }) else { return nil }
            guard case .passing(let status, let times) = fault else { return fault }
            faults[suffix] = times > 1 ? .passing(status: status, times: times - 1) : nil
            return .status(status)
        }
    }
}

private final class FileHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let state: ServedState
    private var path = ""
    /// Where the content is to begin (RFC 9110, section 14.2: `bytes=N-`).
    private var start: Int?
    private var token: String?

    init(state: ServedState) { self.state = state }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            path = head.uri.removingPercentEncoding ?? head.uri
            // A proxy is asked for whole addresses; every host's files are here.
            if path.hasPrefix("http://") { path = String(path.dropFirst("http://".count).drop { $0 != "/" }) }
            state.requests.withLock { $0.append(path) }
            start = head.headers.first(name: "range").flatMap {
                $0.hasPrefix("bytes=") && $0.hasSuffix("-") ? Int($0.dropFirst("bytes=".count).dropLast()) : nil
            }
            token = head.headers.first(name: "authorization").flatMap { $0.hasPrefix("Bearer ") ? String($0.dropFirst("Bearer ".count)) : nil }
            if let start { state.resumptions.withLock { $0.append(start) } }
        case .body: break
        case .end: answer(context)
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        let fault = state.fault(for: path)
        if case .status(let code) = fault { return send(context, status: .init(statusCode: code), [], announced: 0) }
        if let challenge = state.challenge.withLock({ $0 }), path.hasPrefix(challenge.prefix), token != challenge.token {
            return send(context, status: .unauthorized, [], announced: 0, challenge: challenge.text)
        }
        let file = state.root.appending(String(path.prefix { $0 != "?" }))
        guard !path.split(separator: "/").contains(".."), let content = try? Data(contentsOf: URL(filePath: file.string)) else {
            return send(context, status: .notFound, [], announced: 0)
        }
        if let start, fault == nil {
            guard start < content.count else { return send(context, status: .rangeNotSatisfiable, [], announced: 0) }
            let range = "bytes \(start)-\(content.count - 1)/\(content.count)"
            return send(context, status: .partialContent, content.dropFirst(start), announced: content.count - start, range: range)
        }
        switch fault {
        case .stall(let count): send(context, status: .ok, content.prefix(count), announced: content.count, ending: .open)
        case .cut(let count): send(context, status: .ok, content.prefix(count), announced: content.count, ending: .closed)
        case .unannounced: send(context, status: .ok, content, announced: nil)
        case .status, .passing, nil: send(context, status: .ok, content, announced: content.count)
        }
    }

    private enum Ending { case complete, open, closed }

    private func send(
        _ context: ChannelHandlerContext, status: HTTPResponseStatus, _ content: some Collection<UInt8>, announced: Int?, range: String? = nil,
        challenge: String? = nil, ending: Ending = .complete
    ) {
        var headers = HTTPHeaders()
        if let challenge { headers.add(name: "www-authenticate", value: challenge) }
        if let range { headers.add(name: "content-range", value: range) }
        if let announced { headers.add(name: "content-length", value: "\(announced)") }
        context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: content)))), promise: nil)
        switch ending {
        case .complete: context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .open: break
        case .closed: context.close(promise: nil)
        }
    }
}
