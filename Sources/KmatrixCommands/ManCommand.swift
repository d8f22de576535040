import ArgumentParser
import Foundation

/// `kmatrix man`: prints the manual page, generated from the commands.
struct ManCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "man",
        abstract: "Print the manual page",
        discussion: """
            EXAMPLES
              kmatrix man | man -l -
              kmatrix man > /usr/local/share/man/man1/kmatrix.1
            """)

    func run() throws { StandardOutput.write(try ManualPage.current().mdoc()) }
}
