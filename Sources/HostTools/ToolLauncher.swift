import Foundation
import Subprocess
public import SystemPackage

/// Launches programs of this machine within bounds, and gathers what they say. They die with the task that waits for them, in English.
public struct ToolLauncher: Sendable {
    /// Where programs are looked for; nil for where this process looks, and where administrators' programs are.
    public var searchPath: String?

    public init(searchPath: String? = nil) { self.searchPath = searchPath }

    /// The most a tool may say; a listing of a large folder stays far below.
    public static let largestOutput = 16 << 20
    private static let largestComplaint = 1 << 20

    /// Runs a program to its end.
    /// - Parameters:
    ///   - folder: Where it works, so that it receives names instead of paths; nil for this process's.
    ///   - input: What it reads from standard input.
    ///   - environment: In addition to this process's own.
    ///   - limit: The most bytes of its standard output.
    ///   - grace: How long it may take to clean up when it is stopped.
    /// - Throws: `HostToolError` (`missing`, `noSpace`, `tooLarge`, `notStarted`), `CancellationError`. A program that fails otherwise is
    ///   an outcome.
    public func run(
        _ tool: HostTool, _ arguments: [String], in folder: FilePath? = nil, input: [UInt8] = [], environment: [String: String] = [:],
        limit: Int = largestOutput, grace: Duration = .seconds(1)
    ) async throws -> ToolOutcome {
        let (executable, values) = try await find(tool, environment)
        do {
            let result = try await Subprocess.run(
                executable, arguments: Arguments(arguments), environment: values, workingDirectory: folder, platformOptions: Self.options(grace),
                input: .array(input),
                output: .bytes(limit: limit), error: .string(limit: Self.largestComplaint))
            // A cancelled run may return what the signal left instead of throwing.
            try Task.checkCancellation()
            return try Self.checked(ToolOutcome(ending: .init(result.terminationStatus), output: result.standardOutput, stderr: result.standardError), tool)
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw Self.failure(error, tool, limit)
        }
    }

    /// Runs a program that must succeed.
    /// - Throws: As `run`, and `HostToolError` with `failed`.
    @discardableResult
    public func succeed(
        _ tool: HostTool, _ arguments: [String], in folder: FilePath? = nil, input: [UInt8] = [], limit: Int = largestOutput, grace: Duration = .seconds(1)
    ) async throws -> ToolOutcome {
        let outcome = try await run(tool, arguments, in: folder, input: input, limit: limit, grace: grace)
        guard outcome.isSuccess else { throw HostToolError(.failed, tool, detail: outcome.complaint) }
        return outcome
    }

    /// Runs a program that must succeed, and hands on its standard output piece by piece.
    /// - Throws: As `succeed`, and what the body throws, which stops the program.
    public func stream(_ tool: HostTool, _ arguments: [String], input: ToolInput, _ body: (ArraySlice<UInt8>) throws -> Void) async throws {
        switch input {
        case .bytes(let bytes): try await stream(tool, arguments, .array(bytes), body)
        case .file(let file): try await stream(tool, arguments, .fileDescriptor(file, closeAfterSpawningProcess: false), body)
        }
    }

    private func stream(_ tool: HostTool, _ arguments: [String], _ input: some InputProtocol, _ body: (ArraySlice<UInt8>) throws -> Void) async throws {
        let (executable, values) = try await find(tool, [:])
        do {
            let result = try await Subprocess.run(
                executable, arguments: Arguments(arguments), environment: values, platformOptions: Self.options(.seconds(1)), input: input, output: .sequence,
                error: .string(limit: Self.largestComplaint)
            ) { execution in
                for try await piece in execution.standardOutput { try piece.withUnsafeBytes { try body(Array($0)[...]) } }
            }
            try Task.checkCancellation()
            let outcome = try Self.checked(ToolOutcome(ending: .init(result.terminationStatus), output: [], stderr: result.standardError), tool)
            guard outcome.isSuccess else { throw HostToolError(.failed, tool, detail: outcome.complaint) }
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw Self.failure(error, tool, 0)
        }
    }

    /// Runs a program that writes its standard output into a file. A few packed bytes can stand for any amount, so the kernel stops it at
    /// a limit.
    /// - Throws: `HostToolError`, `CancellationError`.
    public func write(_ tool: HostTool, _ arguments: [String], to file: FilePath, limit: Int) async throws {
        let (_, values) = try await find(tool, [:])
        let output = try SystemPackage.FileDescriptor.open(
            file, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
        let (limiter, _) = try await find(.prlimit, [:])
        let outcome: ToolOutcome
        do {
            let result = try await Subprocess.run(
                limiter, arguments: Arguments(["--fsize=\(limit + 1)", "--core=0", "--", tool.name] + arguments), environment: values,
                platformOptions: Self.options(.seconds(1)), output: .fileDescriptor(output, closeAfterSpawningProcess: true),
                error: .string(limit: Self.largestComplaint))
            try Task.checkCancellation()
            outcome = ToolOutcome(ending: .init(result.terminationStatus), output: [], stderr: result.standardError)
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw Self.failure(error, tool, limit)
        }
        let size = (try? FileManager.default.attributesOfItem(atPath: file.string)[.size] as? Int) ?? 0
        guard size <= limit else { throw HostToolError(.tooLarge, tool, detail: "more than \(limit) bytes") }
        guard try Self.checked(outcome, tool).isSuccess else { throw HostToolError(.failed, tool, detail: outcome.complaint) }
    }

    private func find(_ tool: HostTool, _ further: [String: String]) async throws -> (Executable, Subprocess.Environment) {
        let path = searchPath ?? (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin") + ":/usr/sbin:/sbin"
        var values: [Subprocess.Environment.Key: String?] = ["LC_ALL": "C", "PATH": path]
        for (name, value) in further { if let key = Subprocess.Environment.Key(rawValue: name) { values[key] = value } }
        let environment = Subprocess.Environment.inherit.updating(values)
        let executable = tool.name.contains("/") ? Executable.path(FilePath(tool.name)) : .name(tool.name)
        guard (try? await executable.resolveExecutablePath(in: environment)) != nil else { throw HostToolError(.missing, tool) }
        return (executable, environment)
    }

    private static func checked(_ outcome: ToolOutcome, _ tool: HostTool) throws -> ToolOutcome {
        if !outcome.isSuccess, let full = outcome.fullDisk { throw HostToolError(.noSpace, tool, detail: full) }
        return outcome
    }

    private static func failure(_ error: SubprocessError, _ tool: HostTool, _ limit: Int) -> HostToolError {
        switch error.code {
        case .outputLimitExceeded: HostToolError(.tooLarge, tool, detail: "more than \(limit) bytes")
        case .executableNotFound: HostToolError(.missing, tool)
        default: HostToolError(.notStarted, tool, detail: "\(error)")
        }
    }

    private static func options(_ grace: Duration) -> PlatformOptions {
        var options = PlatformOptions()
        options.createSession = true
        // Some tools have a process of their own unpack, which would go on.
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: grace)]
        return options
    }
}
