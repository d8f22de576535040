import ArgumentParser
import Foundation

/// All commands, grouped as `kmatrix help` lists them.
enum CommandCatalogue {
    static let groups = [
        CommandGroup(name: "Run", subcommands: [RunCommand.self, PlanCommand.self, BisectCommand.self, ConformanceCommand.self, ShellCommand.self]),
        CommandGroup(
            name: "Results",
            subcommands: [ReportCommand.self, JudgeCommand.self, DiffCommand.self, HistoryCommand.self, MergeCommand.self, ExplainCommand.self]),
        CommandGroup(name: "Field", subcommands: [DiagnoseCommand.self, CollectCommand.self, PredictCommand.self]),
        CommandGroup(name: "Inputs", subcommands: [KernelsCommand.self, KeysCommand.self, DistrosCommand.self, PlatformCommand.self]),
        CommandGroup(
            name: "Host",
            subcommands: [DoctorCommand.self, CompletionsCommand.self, ManCommand.self, HelpCommand.self]),
    ]
}

extension RootCommand {
    /// `kmatrix help`: commands and topics, one line each.
    static var overview: String {
        let groups = CommandCatalogue.groups.map { group in
            (group.name, group.subcommands.map { $0.configuration }.filter { $0.shouldDisplay }.map { ($0.commandName ?? "", $0.abstract) })
        }
        let sections = (groups + [("Topics", HelpTopic.all.map { ($0.name, $0.summary) })]).map { title, entries in
            ([title.uppercased()] + entries.map { "  " + $0.padding(toLength: 14, withPad: " ", startingAt: 0) + $1 }).joined(separator: "\n")
        }
        let head = "USAGE: kmatrix COMMAND [OPTIONS]\n\n\(configuration.abstract).\n\n\(configuration.discussion)"
        return ([head] + sections + ["See 'kmatrix help COMMAND' and 'kmatrix help TOPIC'."])
            .joined(separator: "\n\n") + "\n"
    }
}
