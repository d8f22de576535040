import Foundation

/// The first option of a command line that its command does not have. The parser reports missing options first, which misleads whoever
/// mistyped one.
struct UnknownOption {
    let name: String
    /// The words that name the command, as `kmatrix kernels list`.
    let command: String

    var message: String { "Error: unknown option '\(name)'; see '\(command) --help'" }

    /// - Returns: Nil when each option is known.
    init?(in arguments: [String], of tool: CommandDescription) {
        var command = tool
        var path = [tool.commandName]
        var known = Self.names(of: tool)
        for argument in arguments {
            if argument == "--" { return nil }
            if let sub = command.subcommands?.first(where: { $0.commandName == argument }), path.count < 4 {
                command = sub
                path.append(argument)
                known = Self.names(of: sub)
                continue
            }
            guard argument.hasPrefix("--") else { continue }
            let name = String(argument.prefix { $0 != "=" })
            guard known.contains(name) else {
                self.name = name
                self.command = path.joined(separator: " ")
                return
            }
        }
        return nil
    }

    private static func names(of command: CommandDescription) -> Set<String> {
        Set((command.arguments ?? []).flatMap { ($0.names ?? []).map(\.text) } + ["--help", "--version"])
    }
}
