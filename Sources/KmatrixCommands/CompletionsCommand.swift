import ArgumentParser

/// `kmatrix completions`: prints shell completions.
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print shell completions for bash, zsh or fish",
        discussion: """
            EXAMPLES
              kmatrix completions bash > ~/.local/share/bash-completion/completions/kmatrix
              kmatrix completions zsh > "${fpath[1]}/_kmatrix"
              kmatrix completions fish > ~/.config/fish/completions/kmatrix.fish
            """)

    @Argument(help: "Shell")
    var shell: Shell

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish
    }

    func run() {
        let kind: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        StandardOutput.write(RootCommand.completionScript(for: kind) + "\n")
    }
}
