/// A processor architecture that guests have, and its names. What differs from one to another is here and in the files
/// `Architecture+….swift` of the layers it concerns; in C, in `CHostSystem`.
public enum Architecture: String, CaseIterable, Hashable, Sendable, Codable, CustomStringConvertible {
    case x86_64
    case arm64

    /// The one that the id of a cell does not name: records from before there were two have it.
    public static let unnamed = Architecture.x86_64

    /// The one this program was built for.
    public static var host: Architecture {
        #if arch(arm64)
            .arm64
        #elseif arch(x86_64)
            .x86_64
        #else
            #error("add this architecture to Architecture")
        #endif
    }

    /// What `uname -m` prints, and what the names of rpm packages end with.
    public var machine: String {
        switch self {
        case .x86_64: "x86_64"
        case .arm64: "aarch64"
        }
    }

    /// What Debian, and by it Ubuntu, calls it.
    public var debianName: String {
        switch self {
        case .x86_64: "amd64"
        case .arm64: "arm64"
        }
    }

    /// What ELF files have as their machine (System V ABI, `e_machine`).
    public var elfMachine: UInt16 {
        switch self {
        case .x86_64: 62
        case .arm64: 183
        }
    }

    /// For people: x86-64.
    public var title: String {
        switch self {
        case .x86_64: "x86-64"
        case .arm64: "arm64"
        }
    }

    public var description: String { rawValue }

    /// The flavour of Debian's kernels that is built for virtual machines.
    public var cloudFlavour: String { "cloud-\(debianName)" }

    /// Debian's flavours, the longer suffix first. `-dbg` and `-unsigned` are none.
    public var debianFlavours: [String] {
        switch self {
        case .x86_64: [cloudFlavour, "rt-\(debianName)", debianName]
        // Pages of 16 KiB are a flavour of their own since 6.12.
        case .arm64: [cloudFlavour, "rt-\(debianName)", "\(debianName)-16k", debianName]
        }
    }

    /// The boot profiles that its machines can have.
    public var profiles: [BootProfile] {
        switch self {
        // QEMU emulates none of its processor's control-flow protection.
        case .x86_64: BootProfile.allCases.filter { $0.processorFeature == nil }
        case .arm64: BootProfile.allCases
        }
    }

    /// Reads one architecture by the name that any of the programs around us has for it, or `all`.
    public static func parse(_ text: String) throws(SelectorError) -> [Architecture] {
        if text == "all" { return allCases }
        guard let found = allCases.first(where: { [$0.rawValue, $0.machine, $0.debianName, $0.title].contains(text) }) else {
            throw SelectorError(.unknownArchitecture, text: text, known: allCases.map(\.rawValue))
        }
        return [found]
    }
}

extension Architecture: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.elfMachine < right.elfMachine }
}
