import ArgumentParser
import KernelCatalogue
import MatrixModel
import MatrixPlanning

/// Selects architectures.
struct ArchitectureOptions: ParsableArguments {
    @Option(help: .axis(.arch)) var arch: [String] = []

    func validate() throws {
        for text in arch {
            do { _ = try Architecture.parse(text) } catch { throw ValidationError("--arch: \(error)") }
        }
    }

    /// Sorted, each once.
    func architectures() throws -> [Architecture] { try Self.architectures(arch) }

    static func architectures(_ texts: [String]) throws(SelectorError) -> [Architecture] {
        guard !texts.isEmpty else { return [.host] }
        var found: Set<Architecture> = []
        for text in texts { found.formUnion(try Architecture.parse(text)) }
        return found.sorted()
    }
}
