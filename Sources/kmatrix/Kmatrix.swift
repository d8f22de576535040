import Glibc
import KmatrixCommands

@main
enum Kmatrix {
    /// Waits for the command, which ends the process. An `async` main would end the main thread instead, and in a static program the
    /// unwinder then sorts the frames of the whole program first: some 45 ms of every start.
    static func main() {
        // Detached: the entry point belongs to the main actor, whose thread waits here.
        Task.detached { await RootCommand.runToExit() }
        while true { pause() }
    }
}
