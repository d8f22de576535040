import MatrixReport

/// The manual page in mdoc(7), generated from the commands' descriptions and the topics of `kmatrix help`.
struct ManualPage {
    let root: CommandDescription
    let version: String
    /// The date at the foot of the page. A constant: the same program prints the same page.
    let date: String

    static func current() throws -> ManualPage {
        ManualPage(root: try .current(), version: KmatrixVersion.current, date: KmatrixVersion.date)
    }

    func mdoc() -> String {
        var page = Mdoc()
        page.macro("Dd", date)
        page.macro("Dt", root.commandName.uppercased(), "1")
        page.macro("Os", "\(root.commandName) \(version)")
        page.macro("Sh", "NAME")
        page.macro("Nm", root.commandName)
        page.macro("Nd", summary(root))
        page.macro("Sh", "SYNOPSIS")
        page.macro("Nm", root.commandName)
        page.macro("Ar", "command")
        page.macro("Op", "Ar options")
        page.macro("Sh", "DESCRIPTION")
        describe(root, &page)
        page.macro("Sh", "COMMANDS")
        for command in root.shownCommands { add(command, path: [], &page) }
        page.macro("Sh", "TOPICS")
        for topic in HelpTopic.all {
            page.macro("Ss", topic.name)
            page.literal(topic.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        }
        return page.text
    }

    /// Adds a command and its subcommands, each with its whole path as the heading.
    private func add(_ command: CommandDescription, path: [String], _ page: inout Mdoc) {
        let path = path + [command.commandName]
        page.macro("Ss", path.joined(separator: " "))
        if let abstract = command.abstract { page.paragraph(abstract) }
        let arguments = command.shownArguments
        if !arguments.isEmpty {
            page.parsed(["Pp"])
            page.macro("Nm", root.commandName)
            page.macro("Cm", path.joined(separator: " "))
            for argument in arguments { synopsis(argument, &page) }
        }
        describe(command, &page)
        if !arguments.isEmpty {
            page.parsed(["Bl", "-tag", "-width", "Ds"])
            for argument in arguments { explain(argument, &page) }
            page.macro("El")
        }
        for subcommand in command.shownCommands { add(subcommand, path: path, &page) }
    }

    private func summary(_ command: CommandDescription) -> String {
        let text = command.abstract ?? command.commandName
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    /// Adds the discussion block by block. Lines below a heading in capitals are literal, the rest is running text.
    private func describe(_ command: CommandDescription, _ page: inout Mdoc) {
        let lines = (command.discussion ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        for block in lines.split(whereSeparator: \.isEmpty) {
            guard let heading = block.first, heading.allSatisfy({ $0.isUppercase || $0 == " " }) else {
                page.paragraph(block.joined(separator: "\n"))
                continue
            }
            page.paragraph(String(heading))
            page.literal(block.dropFirst().map { String($0.hasPrefix("  ") ? $0.dropFirst(2) : $0) })
        }
    }

    private func synopsis(_ argument: CommandDescription.Argument, _ page: inout Mdoc) {
        let value = argument.valueName.map { ["Ar", Mdoc.escaped($0)] } ?? []
        let repeats = argument.isRepeating ? ["..."] : []
        var words: [String]
        switch argument.kind {
        case .positional: words = value
        case .option: words = ["Fl", Self.flag(argument.names?.first)] + value
        case .flag: words = ["Fl", Self.flag(argument.names?.first)]
        }
        words += repeats
        page.parsed(argument.isOptional ? ["Op"] + words : words)
    }

    private func explain(_ argument: CommandDescription.Argument, _ page: inout Mdoc) {
        let names = (argument.names ?? []).flatMap { ["Fl", Self.flag($0)] }
        let value = argument.kind == .flag ? [] : argument.valueName.map { ["Ar", Mdoc.escaped($0)] } ?? []
        page.parsed(["It"] + names + value)
        if let abstract = argument.abstract { page.text(abstract) }
        if let value = argument.defaultValue, argument.kind != .flag { page.text("The default is \(value).") }
        if let discussion = argument.discussion { page.text(discussion) }
    }

    /// `Fl` writes the first dash itself.
    static func flag(_ name: CommandDescription.Argument.Name?) -> String { Mdoc.escaped(String((name?.text ?? "").dropFirst())) }
}
