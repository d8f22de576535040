import ArgumentParser
import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import KmatrixCommands

@Suite("The manual page")
struct ManualPageTests {
    @Test("pleases mandoc's lint")
    func lint() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path.appending("kmatrix.1").string
        try ManualPage.current().mdoc().write(toFile: file, atomically: true, encoding: .utf8)
        // Style is mandoc's taste; what it calls a warning may look wrong.
        let result = try await Subprocess.run(
            .name("mandoc"), arguments: ["-T", "lint", "-W", "warning", file], output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        #expect(result.standardOutput.isEmpty)
        #expect(result.terminationStatus == .exited(0))
    }

    @Test("names every command and every option that help names")
    func complete() throws {
        let page = try ManualPage.current()
        let text = page.mdoc()
        func check(_ command: CommandDescription, _ path: [String]) {
            if !path.isEmpty { #expect(text.contains(".Ss \(path.joined(separator: " "))\n")) }
            for name in command.shownArguments.flatMap({ $0.names ?? [] }) { #expect(text.contains("Fl " + ManualPage.flag(name)), "\(name.text)") }
            for subcommand in command.shownCommands { check(subcommand, path + [subcommand.commandName]) }
        }
        check(page.root, [])
        #expect(page.root.shownCommands.count > 8)
    }
}

@Suite("Completions")
struct CompletionTests {
    @Test("are what the shell they are for can read", arguments: [("bash", ["-n"])])
    func syntax(shell: String, options: [String]) async throws {
        let folder = try TemporaryFolder()
        let said = try await CommandLineTests.kmatrix(["completions", shell])
        #expect(said.code == 0)
        let file = folder.path.appending("completions").string
        try said.stdout.write(toFile: file, atomically: true, encoding: .utf8)
        let result = try await Subprocess.run(
            .name(shell), arguments: Arguments(options + [file]), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        #expect(result.terminationStatus == .exited(0), "\(result.standardError)")
    }

    private static func isInstalled(_ shell: String) -> Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/\(shell)") }

    /// Writes the completions where the shell looks for them, and has the shell complete `kmatrix histor`.
    private func complete(_ shell: String, name: String, _ script: String, damaged: Bool = false) async throws -> String {
        let folder = try TemporaryFolder()
        let said = try await CommandLineTests.kmatrix(["completions", shell])
        #expect(said.code == 0)
        let text = damaged ? said.stdout.replacing("history", with: "herstory") : said.stdout
        try text.write(toFile: folder.path.appending(name).string, atomically: true, encoding: .utf8)
        let result = try await Subprocess.run(
            .path(FilePath("/usr/bin/\(shell)")),
            arguments: [shell == "zsh" ? "-f" : "--no-config", "-c", script.replacing("FOLDER", with: folder.path.string)],
            environment: .custom(["HOME": folder.path.string, "PATH": "/usr/bin:/bin", "TERM": "dumb"]), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
        return result.standardOutput + result.standardError
    }

    @Test(
        "are loaded by fish, which then completes commands and options",
        .enabled(if: isInstalled("fish"), "SKIPPED: fish is missing; install Debian's package fish"))
    func fish() async throws {
        let script = "source FOLDER/kmatrix.fish; complete -C 'kmatrix histor'; complete -C 'kmatrix run --fail-f'"
        let said = try await complete("fish", name: "kmatrix.fish", script)
        #expect(said.contains("history\t") && said.contains("--fail-fast"), "\(said)")
        #expect(try await !complete("fish", name: "kmatrix.fish", script, damaged: true).contains("history\t"))
    }

    /// Completion exists only on a terminal: the shell runs in one of zsh's own, and a tab is typed.
    @Test(
        "are loaded by zsh, which then completes commands", .enabled(if: isInstalled("zsh"), "SKIPPED: zsh is missing; install Debian's package zsh"),
        .timeLimit(.minutes(2)))
    func zsh() async throws {
        let script = """
            zmodload zsh/zpty
            zpty -b shell zsh -f -i
            zpty -w shell "fpath=(FOLDER \\$fpath); autoload -U compinit; compinit -u -D; PS1=; print loaded-\\$_comps[kmatrix]"
            wait_for() { local tries; for tries in {1..$2}; do while zpty -r -t shell chunk; do out+=$chunk; done; [[ $out == *"$1"* ]] && return 0; \
            sleep 0.05; done; return 1; }
            wait_for loaded-_kmatrix 600 || { print -r -- "not loaded: $out"; exit 1; }
            out=
            zpty -w -n shell $'kmatrix histor\t'
            wait_for "history " 100 && print completed
            """
        #expect(try await complete("zsh", name: "_kmatrix", script).contains("completed"))
        #expect(try await !complete("zsh", name: "_kmatrix", script, damaged: true).contains("completed"))
    }

    @Test("know the commands and their options", arguments: ["bash", "zsh", "fish"])
    func content(shell: String) async throws {
        let said = try await CommandLineTests.kmatrix(["completions", shell])
        for word in ["kmatrix", "history", "exit-code", "older-than"] { #expect(said.stdout.contains(word)) }
    }

    @Test("for no shell we know are refused with those there are")
    func unknown() async throws {
        let said = try await CommandLineTests.kmatrix(["completions", "tcsh"])
        #expect(said.code == 2)
        #expect(said.stderr.contains("fish"))
    }
}

@Suite("Listings")
struct ListingTests {
    /// What prints no listing: it serves, opens a console, prints a script or a page, or (for ci/bench) one document or nothing.
    static let others: Set<String> = ["platform", "shell", "completions", "man", "join", "fits"]

    @Test("all print JSON when asked")
    func formats() throws {
        func check(_ command: CommandDescription) {
            let subcommands = (command.subcommands ?? []).filter { $0.commandName != "help" }
            if subcommands.isEmpty, !Self.others.contains(command.commandName) {
                #expect((command.arguments ?? []).contains { $0.names?.contains { $0.name == "format" } ?? false }, "\(command.commandName)")
            }
            for subcommand in subcommands { check(subcommand) }
        }
        check(try ManualPage.current().root)
    }
}
