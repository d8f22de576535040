/// The first word of a command line that kmatrix does not know: a command or an option.
///
/// The parser reports missing values and failed checks first, which hides a misspelt option behind the option it should have been.
struct UnknownWord {
    let message: String

    /// - Parameters:
    ///   - arguments: The command line without the program's name.
    ///   - root: All commands with their options.
    init?(in arguments: [String], of root: CommandDescription) {
        var command = root
        var path = [root.commandName]
        var options = Set<String>()
        for argument in arguments {
            if argument == "--" { break }
            guard argument.hasPrefix("-"), argument.count > 1 else {
                if let next = command.subcommands?.first(where: { $0.commandName == argument }) {
                    command = next
                    path.append(argument)
                } else if path.count == 1 {
                    let known = root.shownCommands.map(\.commandName)
                    message = "unknown command '\(argument)'; \(Spelling.hint(for: argument, among: known) ?? "'kmatrix help' lists the commands")"
                    return
                }
                continue
            }
            options = Set(Self.names(of: command))
            let name = argument.hasPrefix("--") ? String(argument.prefix { $0 != "=" }) : String(argument.prefix(2))
            // A negative number is a value.
            guard !options.contains(name), Int(argument) == nil else { continue }
            let place = path.joined(separator: " ")
            message =
                "unknown option '\(name)' of '\(place)'; "
                + (Spelling.hint(for: name, among: options.sorted()) ?? "'\(([path[0], "help"] + path.dropFirst()).joined(separator: " "))' lists its options")
            return
        }
        return nil
    }

    /// Every option of a command and of the command that it stands for without a subcommand.
    private static func names(of command: CommandDescription) -> [String] {
        let standard = command.subcommands?.filter { $0.commandName == command.defaultSubcommand } ?? []
        return ([command] + standard).flatMap { $0.arguments ?? [] }.flatMap { $0.names ?? [] }.map(\.text) + ["--help", "-h", "--version"]
    }
}
