import AgentCore
import Glibc
import SystemPackage

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    let mutation = try Mutation(arguments: arguments)
    try mutation?.prepare(arguments: arguments)
    exit(AgentMain.run(arguments: arguments, parts: mutation?.parts ?? AgentParts()))
} catch {
    _ = try? FileDescriptor.standardError.writeAll("mutant-agent: \(error)\n".utf8)
    exit(1)
}
