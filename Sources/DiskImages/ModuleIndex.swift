/// The dependencies between modules, from a kernel's own indices (modules.dep(5), and `modules.softdep` of depmod).
struct ModuleIndex: Hashable {
    /// Paths below the kernel's folder by module name.
    private let paths: [String: String]
    private let dependencies: [String: [String]]
    private let helpers: [String: [String]]

    init(dependencies text: String, softDependencies: String) {
        var paths: [String: String] = [:]
        var dependencies: [String: [String]] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let path = String(parts[0])
            guard parts.count == 2, VolumeEntry.isPlain(path), !path.hasPrefix("/"), let name = Self.name(of: path) else { continue }
            paths[name] = path
            dependencies[name] = parts[1].split(separator: " ").compactMap { Self.name(of: String($0)) }
        }
        var helpers: [String: [String]] = [:]
        for line in softDependencies.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count > 2, words[0] == "softdep" else { continue }
            helpers[Self.normalised(words[1]), default: []] += words.dropFirst(2).filter { !$0.hasSuffix(":") }.map(Self.normalised)
        }
        self.paths = paths
        self.dependencies = dependencies
        self.helpers = helpers
    }

    /// The files of some modules and of their dependencies, sorted. A missing module may be built into the kernel.
    func files(for wanted: [String]) -> [String] {
        var seen: Set<String> = []
        var waiting = wanted.map(Self.normalised)
        while let name = waiting.popLast() {
            guard paths[name] != nil, seen.insert(name).inserted else { continue }
            waiting += (dependencies[name] ?? []) + (helpers[name] ?? [])
        }
        return seen.compactMap { paths[$0] }.sorted()
    }

    /// The kernel writes `-` as `_` in a module's name; file names use both.
    private static func normalised(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }

    private static func name(of path: String) -> String? {
        guard let file = path.split(separator: "/").last, file.contains(".ko") else { return nil }
        return file.split(separator: ".", maxSplits: 1).first.map { normalised(String($0)) }
    }
}
