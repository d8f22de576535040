import KmatrixCommands

@main
enum Kmatrix {
    static func main() async { await RootCommand.runToExit() }
}
