import ArgumentParser
import Foundation

/// A command as the argument parser describes it in JSON: the members that help and manual use.
struct CommandDescription: Decodable {
    struct Argument: Decodable {
        enum Kind: String, Decodable {
            case positional, option, flag
        }

        struct Name: Decodable {
            enum Kind: String, Decodable {
                case long, short, longWithSingleDash
            }

            let kind: Kind
            let name: String

            var text: String { (kind == .long ? "--" : "-") + name }
        }

        let kind: Kind
        let shouldDisplay: Bool
        let isOptional: Bool
        let isRepeating: Bool
        let names: [Name]?
        let valueName: String?
        let defaultValue: String?
        let abstract: String?
        let discussion: String?
    }

    let commandName: String
    let abstract: String?
    let discussion: String?
    let shouldDisplay: Bool?
    let subcommands: [CommandDescription]?
    let defaultSubcommand: String?
    let arguments: [Argument]?

    /// The subcommands that people are shown; the parser adds its own `help`, next to ours.
    var shownCommands: [CommandDescription] { (subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" } }

    /// Without `--help` and `--version`, which every command has.
    var shownArguments: [Argument] {
        (arguments ?? []).filter { argument in argument.shouldDisplay && !(argument.names ?? []).contains { ["help", "version"].contains($0.name) } }
    }
}

extension CommandDescription {
    private struct Tool: Decodable {
        let command: CommandDescription
    }

    /// Describes `kmatrix` with all its commands.
    static func current() throws -> CommandDescription {
        try JSONDecoder().decode(Tool.self, from: Data(RootCommand._dumpHelp().utf8)).command
    }
}
