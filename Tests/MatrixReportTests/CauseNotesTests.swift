import MatrixModel
import Testing

@testable import MatrixReport

@Suite("Notes on causes")
struct CauseNotesTests {
    private static let places = [nil, "debian-12", "ubuntu-22.04", "rocky-9", "sles-15", "azurelinux-3", "amazonlinux-2023", "micro", "unheard-of"]

    @Test("a fault of the kernel, the configuration or the agent is remedied on the user's machine", arguments: places)
    func machine(distribution: String?) {
        for cause in Cause.allCases where cause.fault != .harness && cause.fault != .artefact {
            let note = CauseNotes.guidance.note(on: cause, distribution: distribution)
            #expect(!note.title.isEmpty && !note.steps.isEmpty && note.family != nil, "\(cause.rawValue)")
            let commands: [String] = note.steps.flatMap(\.commands)
            for command in commands { #expect(!command.hasPrefix("kmatrix run") && !command.hasPrefix("kmatrix shell"), "\(cause.rawValue): \(command)") }
        }
    }

    @Test("a harness failure is remedied with kmatrix, whatever the distribution")
    func harness() {
        let note = CauseNotes.guidance.note(on: .timeout, distribution: "rocky-9")
        let commands: [String] = note.steps.flatMap(\.commands)
        #expect(note.family == nil && commands.contains { $0.hasPrefix("kmatrix ") })
        #expect(CauseNotes.guidance.notesByFamily(on: .timeout).count == 1)
    }

    @Test("each family has its own commands where they differ")
    func families() {
        let notes = CauseNotes.guidance.notesByFamily(on: .attachNoCgroup2)
        #expect(Set(notes.map(\.family)).count == notes.count && notes.count == 6)
        let commands: [String] = notes.flatMap(\.steps).flatMap(\.commands)
        #expect(commands.contains { $0.contains("grubby") })
    }
}
