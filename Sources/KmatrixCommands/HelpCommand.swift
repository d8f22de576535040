import ArgumentParser

/// `kmatrix help`: prints the help of a command, or a topic.
///
/// Takes precedence over the parser's own `help`, which knows no topics.
struct HelpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "help",
        abstract: "Print the help of a command, or a topic",
        discussion: """
            EXAMPLES
              kmatrix help
              kmatrix help run
              kmatrix help selectors
            """)

    @Argument(help: ArgumentHelp("Command or topic", valueName: "name"), completion: .list(HelpTopic.all.map(\.name)))
    var words: [String] = []

    func run() throws {
        if let topic = words.first.flatMap(HelpTopic.init(named:)), words.count == 1 { return StandardOutput.write(topic.text) }
        var command: any ParsableCommand.Type = RootCommand.self
        for word in words {
            guard let next = command.configuration.subcommands.first(where: { $0._commandName == word }) else {
                let known = command.configuration.subcommands.map { $0._commandName } + (command == RootCommand.self ? HelpTopic.all.map(\.name) : [])
                throw ValidationError("unknown command or topic '\(word)'; \(Spelling.hint(for: word, among: known) ?? "'kmatrix help' lists both")")
            }
            command = next
        }
        StandardOutput.write(command == RootCommand.self ? RootCommand.overview : RootCommand.helpMessage(for: command) + "\n")
    }
}
