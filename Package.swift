// swift-tools-version: 6.2
import PackageDescription

// One list for every target: a `public import` is then a reviewed decision, and a warning does not survive CI.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

// Shipped programs are static, so that they run in any root file system. This is a setting of targets and not an option of the build, because
// guest-network links the shared libslirp: one build makes all programs.
let staticProgram: [LinkerSetting] = [.unsafeFlags(["-static-executable"], .when(platforms: [.linux], configuration: .release))]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

// Articles of the documentation that are also topics of `kmatrix help`.
let helpTopics = [
    "Selectors", "Distributions", "Architectures", "Agents", "Scenarios", "Deployments", "Profiles", "Matrices", "Expectations", "Verdicts", "Proofs",
    "ExitCodes",
    "Snapshots", "Scheduling", "Sharding", "Resuming", "Settings",
]

let package = Package(
    name: "kmatrix",
    products: [
        .executable(name: "kmatrix", targets: ["kmatrix"]),
        .executable(name: "azure-proxy-agent", targets: ["azure-proxy-agent"]),
        .executable(name: "guest-runner", targets: ["guest-runner"]),
        .executable(name: "guest-network", targets: ["guest-network"]),
        // What ci/benchmarks measures.
        .library(name: "KmatrixParts", targets: ["KmatrixCommands", "MatrixPlanning", "MatrixRunner", "RunHistory"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // Rank 0. The vocabulary as pure values: kernel versions, layouts, cells, verdicts, causes.
        .target(name: "MatrixModel", swiftSettings: settings),
        // Rank 0. JSON documents without Foundation, read strictly or as most readers do, and written in order.
        .target(name: "JSON", swiftSettings: settings),
        // Rank 0. The host-guest contract: frames, messages, limits; encoder and decoder together.
        .target(name: "GuestProtocol", dependencies: ["CZlib", "MatrixModel"], swiftSettings: settings),

        // Rank 0. What is known of each cause: symptom, proof, remedy by distribution family, the article's words and the kernel's history as data.
        .target(name: "Guidance", dependencies: ["MatrixModel"], swiftSettings: settings),

        // zlib, which CLibBPF links as well.
        .systemLibrary(name: "CZlib"),
        // The processor's time stamp counter and its affinity, which Swift has no words for.
        .systemLibrary(name: "CHostSystem"),
        // A system call that glibc's module leaves out.
        .systemLibrary(name: "CDiskSync"),
        // OpenSSL's libcrypto. Static programs contain only its hash functions.
        .systemLibrary(name: "CCrypto"),
        // Rank 0. SHA-2 digests and HMAC-SHA256, computed by the processor's SHA instructions where available.
        .target(name: "Digests", dependencies: ["CCrypto"], swiftSettings: settings),
        // Rank 1. Programs of this machine in one place: launching them within bounds, downloads, OpenPGP signatures and keys.
        .target(name: "HostTools", dependencies: ["CHostSystem", "Digests", subprocess, system], swiftSettings: settings),
        // Rank 0. Archives in memory, tar, zip and gzip, and the content of packages as streams: bounded, never unpacked onto a disk.
        .target(name: "Archives", dependencies: ["CZlib"], swiftSettings: settings),
        // Rank 0. ELF files: sections, symbols, relocations, every offset checked.
        .target(name: "ELFFiles", swiftSettings: settings),
        // Rank 0. YAML documents that say the line of what is wrong and refuse keys nobody reads.
        .target(name: "StrictYAML", dependencies: [yams], swiftSettings: settings),
        // Rank 0. Folders filled once under a lock and then only read, and digests of files.
        .target(name: "ArtefactCache", dependencies: ["CDiskSync", "Digests", system], swiftSettings: settings),

        // Rank 1. Which kernels are on offer, where they come from, how they are verified and cached.
        .target(
            name: "KernelCatalogue", dependencies: ["MatrixModel", "ArtefactCache", "StrictYAML", "Archives", "Digests", "HostTools", system],
            swiftSettings: settings),
        // Rank 2. What a guest boots and runs: stage-0 initramfs, payload disk, extracted kernel; agents as their makers hand them over, and the profiles of
        // what each needs and gets wrong.
        .target(
            name: "GuestImages",
            dependencies: ["MatrixModel", "GuestProtocol", "ArtefactCache", "Archives", "ELFFiles", "StrictYAML", "Digests", "HostTools", system],
            swiftSettings: settings),
        // Rank 1. Systems and kernels out of what others publish as one file (disk images, OCI images, sources): fetched, verified, taken apart without root.
        .target(
            name: "DiskImages", dependencies: ["MatrixModel", "GuestProtocol", "ArtefactCache", "Archives", "Digests", "HostTools", system],
            swiftSettings: settings),
        // Rank 1. Evidence in, verdict out: pure functions and the article's knowledge.
        .target(name: "Judgement", dependencies: ["MatrixModel", "GuestProtocol"], swiftSettings: settings),
        // Rank 2. The proofs of a cell: what the guest does for each, and a pure judgement of what it left; the verdict that follows from all.
        .target(name: "Probes", dependencies: ["MatrixModel", "GuestProtocol", "Guidance", "Judgement"], swiftSettings: settings),
        // Rank 2. What is wrong with a machine in the field, from its status, logs and pasted output; what a compiled BPF object needs of a kernel,
        // from the object alone: pure.
        .target(name: "Diagnosis", dependencies: ["MatrixModel", "ELFFiles", "Guidance", "Judgement"], swiftSettings: settings),
        // Rank 3. Log bundles as people send them, and as they are gathered on a live machine.
        .target(name: "SupportBundles", dependencies: ["Archives", "Diagnosis", "HostTools", system], swiftSettings: settings),
        // Rank 1. Run folders on disk: what a run and each of its cells left behind.
        .target(name: "EvidenceStore", dependencies: ["MatrixModel", "Digests", system], swiftSettings: settings),
        // Rank 2. The database of what past runs concluded.
        .target(name: "RunHistory", dependencies: ["MatrixModel", "EvidenceStore", grdb, system], swiftSettings: settings),

        // Rank 3. A boot plan becomes a guest inside a `withGuest` scope, booted or from a snapshot, which is made once, checked, and brought back for each
        // cell.
        .target(
            name: "QEMUGuest",
            dependencies: ["CHostSystem", "MatrixModel", "GuestProtocol", "ArtefactCache", "GuestImages", "HostTools", nioCore, nioPosix, subprocess, system],
            swiftSettings: settings),
        // Rank 2. The platform's side: WireServer, IMDS and HostGAPlugin, with a journal.
        .target(name: "FabricSimulator", dependencies: ["MatrixModel", "StrictYAML", "Digests", nioCore, nioPosix, nioHTTP1, system], swiftSettings: settings),

        // Rank 3. Selectors become a plan: which cells there are, in which order, in which part of a divided run.
        .target(
            name: "MatrixPlanning",
            dependencies: [
                "MatrixModel", "ArtefactCache", "KernelCatalogue", "GuestImages", "DiskImages", "EvidenceStore", "FabricSimulator", system,
            ],
            swiftSettings: settings),
        // Rank 4. Runs the guests of a plan's cells within limits, retries what was ours, records each outcome.
        .target(
            name: "MatrixRunner",
            dependencies: [
                "MatrixModel", "GuestProtocol", "ArtefactCache", "KernelCatalogue", "GuestImages", "Judgement", "Probes", "EvidenceStore",
                "MatrixPlanning", "QEMUGuest", "FabricSimulator", "DiskImages", "HostTools", system,
            ],
            swiftSettings: settings),
        // The site's style, script and schema from MatrixReport's Resources, as bytes in the program.
        .target(name: "CSiteFiles"),
        // Rank 4. Tables, documents and a static site from stored runs; the formats of text that commands print.
        .target(
            name: "MatrixReport", dependencies: ["CSiteFiles", "MatrixModel", "EvidenceStore", "Guidance", system], exclude: ["Resources"],
            swiftSettings: settings),
        // Rank 5. The subcommands: they parse and print.
        .target(
            name: "KmatrixCommands",
            dependencies: [
                "MatrixModel", "ArtefactCache", "KernelCatalogue", "EvidenceStore", "QEMUGuest", "Probes", "MatrixPlanning", "MatrixRunner",
                "MatrixReport", "RunHistory", "StrictYAML", "Guidance", "Diagnosis", "SupportBundles", argumentParser, system,
            ],
            resources: helpTopics.map { .embedInCode("kmatrix.docc/Articles/\($0).md") },
            swiftSettings: settings),
        // It starts the other programs: building it builds them.
        .executableTarget(
            name: "kmatrix", dependencies: ["KmatrixCommands", "azure-proxy-agent", "guest-runner", "guest-network"], swiftSettings: settings,
            linkerSettings: staticProgram),

        // The agent. The header both sides of the kernel boundary include.
        .systemLibrary(name: "CAgentABI", path: "bpf/abi"),
        // libbpf and the C that Swift cannot say (varargs, macros).
        .target(
            name: "CLibBPF", dependencies: ["CAgentABI"],
            linkerSettings: [.linkedLibrary("bpf"), .linkedLibrary("elf"), .linkedLibrary("z"), .linkedLibrary("zstd")]),
        // The Guest Proxy Agent: redirector, proxy, status.
        .target(
            name: "AgentCore",
            dependencies: ["CLibBPF", "CAgentABI", "Digests", "JSON", nioCore, nioPosix, nioHTTP1, system],
            swiftSettings: settings),
        .executableTarget(name: "azure-proxy-agent", dependencies: ["AgentCore"], swiftSettings: settings, linkerSettings: staticProgram),

        // The guest's side. System calls Swift cannot make by itself.
        .target(name: "CGuestSystem"),
        // PID 1 of the micro guest: lays out cgroups, starts the agent, plays the clients, streams evidence.
        .target(name: "GuestRunner", dependencies: ["MatrixModel", "GuestProtocol", "JSON", "CGuestSystem"], swiftSettings: settings),
        .executableTarget(name: "guest-runner", dependencies: ["GuestRunner"], swiftSettings: settings, linkerSettings: staticProgram),
        // TCP/IP in user space, of which QEMU is made as well.
        .systemLibrary(name: "CSlirp"),
        // The network of one guest: carries its frames, and its connections to the fabric's Unix sockets.
        // libslirp deprecates calls since 4.9 whose successors Debian 12's 4.7 does not have.
        .executableTarget(
            name: "guest-network", dependencies: ["CSlirp"], swiftSettings: settings + [.treatWarning("DeprecatedDeclaration", as: .warning)]),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: [
                "MatrixModel", "FabricSimulator", "KernelCatalogue", "MatrixPlanning", subprocess, system, nioCore, nioPosix, nioHTTP1,
            ], swiftSettings: settings),
        // Our agent with one fault, named by its configuration, so that every proof is seen to fail in a real guest.
        .executableTarget(name: "mutant-agent", dependencies: ["AgentCore", "JSON", system], swiftSettings: settings, linkerSettings: staticProgram),
        // Stands in for the emulator, so that endings are tested in milliseconds.
        .executableTarget(name: "fake-qemu", dependencies: ["GuestProtocol", "MatrixModel"], swiftSettings: settings),
        .testTarget(name: "MatrixModelTests", dependencies: ["MatrixModel", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "HostToolsTests", dependencies: ["HostTools", "TestSupport", system], swiftSettings: settings),
        .testTarget(name: "DigestsTests", dependencies: ["Digests"], swiftSettings: settings),
        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: settings),
        .testTarget(name: "GuestProtocolTests", dependencies: ["GuestProtocol", "MatrixModel", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "ArtefactCacheTests", dependencies: ["ArtefactCache", "TestSupport", system], swiftSettings: settings),
        .testTarget(
            name: "KernelCatalogueTests",
            dependencies: ["KernelCatalogue", "HostTools", "StrictYAML", "ArtefactCache", "MatrixModel", "TestSupport", system],
            swiftSettings: settings),
        .testTarget(
            name: "GuestImagesTests",
            dependencies: ["GuestImages", "ELFFiles", "ArtefactCache", "MatrixModel", "StrictYAML", "TestSupport", subprocess, system],
            swiftSettings: settings),
        .testTarget(name: "StrictYAMLTests", dependencies: ["StrictYAML"], swiftSettings: settings),
        .testTarget(
            name: "DiskImagesTests", dependencies: ["DiskImages", "HostTools", "ArtefactCache", "TestSupport", subprocess, system], swiftSettings: settings),
        .testTarget(name: "JudgementTests", dependencies: ["Judgement", "GuestProtocol", "MatrixModel"], swiftSettings: settings),
        .testTarget(
            name: "ProbesTests", dependencies: ["Probes", "Judgement", "MatrixModel", "GuestProtocol", "TestSupport"],
            resources: [.copy("Evidence"), .copy("Deployments")], swiftSettings: settings),
        .testTarget(name: "GuidanceTests", dependencies: ["Guidance", "MatrixModel", "TestSupport"], resources: [.copy("Logs")], swiftSettings: settings),
        .testTarget(
            name: "DiagnosisTests", dependencies: ["Diagnosis", "ELFFiles", "Guidance", "MatrixModel", "TestSupport"], resources: [.copy("Field")],
            swiftSettings: settings),
        .testTarget(name: "ArchivesTests", dependencies: ["Archives", "TestSupport", subprocess, system], swiftSettings: settings),
        .testTarget(
            name: "SupportBundlesTests", dependencies: ["SupportBundles", "Diagnosis", "Guidance", "MatrixModel", "TestSupport", subprocess, system],
            swiftSettings: settings),
        .testTarget(name: "EvidenceStoreTests", dependencies: ["EvidenceStore", "MatrixModel", "TestSupport", system], swiftSettings: settings),
        .testTarget(
            name: "RunHistoryTests", dependencies: ["RunHistory", "EvidenceStore", "MatrixModel", "TestSupport", grdb, system], swiftSettings: settings),
        .testTarget(
            name: "QEMUGuestTests",
            dependencies: [
                "QEMUGuest", "ArtefactCache", "CHostSystem", "GuestProtocol", "MatrixModel", "TestSupport", "fake-qemu", "guest-network", system, subprocess,
                nioCore, nioPosix,
            ], resources: [.copy("Snapshots")], swiftSettings: settings),
        .testTarget(
            name: "FabricSimulatorTests",
            dependencies: [
                "FabricSimulator", "MatrixModel", "StrictYAML", "TestSupport", "Digests", system, nioCore, nioEmbedded, nioHTTP1,
            ], swiftSettings: settings),
        .testTarget(
            name: "MatrixPlanningTests",
            dependencies: [
                "MatrixPlanning", "DiskImages", "MatrixModel", "ArtefactCache", "EvidenceStore", "KernelCatalogue", "GuestImages", "FabricSimulator",
                "Probes", "TestSupport", system,
            ], swiftSettings: settings),
        .testTarget(
            name: "MatrixRunnerTests",
            dependencies: [
                "MatrixPlanning", "MatrixRunner", "Probes", "DiskImages", "FabricSimulator", "MatrixModel", "GuestProtocol", "ArtefactCache",
                "EvidenceStore", "Judgement",
                "KernelCatalogue", "QEMUGuest", "GuestImages", "TestSupport", "fake-qemu", "guest-network", subprocess, system,
            ], resources: [.copy("Evidence")], swiftSettings: settings),
        .testTarget(
            name: "MatrixReportTests", dependencies: ["MatrixReport", "EvidenceStore", "MatrixModel", "TestSupport", system], exclude: ["Browser"],
            resources: [.copy("Snapshots")], swiftSettings: settings),
        .testTarget(
            name: "KmatrixCommandsTests",
            dependencies: [
                "KmatrixCommands", "MatrixModel", "MatrixPlanning", "MatrixRunner", "QEMUGuest", "EvidenceStore", "StrictYAML", "TestSupport", "kmatrix",
                "fake-qemu", "guest-network", subprocess, system, argumentParser, yams,
            ], resources: [.copy("Snapshots"), .copy("Kubernetes")], swiftSettings: settings),
        .testTarget(
            name: "AgentCoreTests",
            dependencies: [
                "AgentCore", "CAgentABI", "JSON", "FabricSimulator", "MatrixModel", "TestSupport", "Digests", nioCore, nioPosix, nioHTTP1, nioEmbedded, system,
            ], swiftSettings: settings),
        .testTarget(
            name: "GuestRunnerTests", dependencies: ["GuestRunner", "CGuestSystem", "GuestProtocol", "MatrixModel", "TestSupport", system],
            swiftSettings: settings),
        .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: settings),
    ]
)

// `ci/test --small TARGET` builds and runs the tests of one target.
if let only = Context.environment["KMATRIX_TEST_TARGET"] { package.targets.removeAll { $0.type == .test && $0.name != only } }
