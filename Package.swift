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

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "kmatrix",
    products: [
        .executable(name: "kmatrix", targets: ["kmatrix"]),
        .executable(name: "azure-proxy-agent", targets: ["azure-proxy-agent"]),
        .executable(name: "guest-runner", targets: ["guest-runner"]),
        .executable(name: "fabric-relay", targets: ["fabric-relay"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // Rank 0. The vocabulary as pure values: kernel versions, layouts, cells, verdicts, causes.
        .target(name: "MatrixModel", swiftSettings: settings),
        // Rank 0. The host-guest contract: frames, messages, limits; encoder and decoder together.
        .target(name: "GuestProtocol", dependencies: ["MatrixModel"], swiftSettings: settings),

        // Rank 0. YAML documents that say the line of what is wrong and refuse keys nobody reads.
        .target(name: "StrictYAML", dependencies: [yams], swiftSettings: settings),
        // Rank 0. Folders filled once under a lock and then only read.
        .target(name: "ArtefactCache", dependencies: [system], swiftSettings: settings),

        // Rank 1. Which kernels are on offer, where they come from, how they are verified and cached.
        .target(name: "KernelCatalogue", dependencies: ["MatrixModel", "ArtefactCache", "StrictYAML", crypto, subprocess, system], swiftSettings: settings),
        // Rank 1. Builds what a guest boots: stage-0 initramfs, payload disk, extracted kernel.
        .target(name: "GuestImages", dependencies: ["MatrixModel", "GuestProtocol", "ArtefactCache", crypto, subprocess, system], swiftSettings: settings),
        // Rank 2. Agents as their makers hand them over: packages and folders.
        .target(name: "AgentBundles", dependencies: ["GuestImages", crypto, subprocess, system], swiftSettings: settings),
        // Rank 1. Evidence in, verdict out: pure functions and the article's knowledge.
        .target(name: "Judgement", dependencies: ["MatrixModel", "GuestProtocol"], swiftSettings: settings),
        // Rank 1. What upstream's own security tests ask of an agent, as steps of a guest and judgements of what they show.
        .target(name: "Conformance", dependencies: ["MatrixModel", "GuestProtocol"], swiftSettings: settings),
        // Rank 1. Run folders on disk: what a run and each of its cells left behind.
        .target(name: "EvidenceStore", dependencies: ["MatrixModel", system], swiftSettings: settings),

        // Rank 2. A boot plan becomes a guest inside a `withGuest` scope.
        .target(name: "QEMUGuest", dependencies: ["MatrixModel", "GuestProtocol", nioCore, nioPosix, subprocess, system], swiftSettings: settings),
        // Rank 2. The platform's side: WireServer, IMDS and HostGAPlugin, with a journal.
        .target(name: "FabricSimulator", dependencies: ["MatrixModel", "StrictYAML", crypto, nioCore, nioPosix, nioHTTP1, system], swiftSettings: settings),

        // Rank 3. Plans cells, runs their guests within limits, retries what was ours, records each outcome.
        .target(
            name: "MatrixRunner",
            dependencies: [
                "MatrixModel", "GuestProtocol", "ArtefactCache", "KernelCatalogue", "GuestImages", "Judgement", "EvidenceStore",
                "QEMUGuest", "FabricSimulator", "AgentBundles", "Conformance", subprocess, system,
            ],
            swiftSettings: settings),
        // Rank 4. Tables, documents and a static site from stored runs; the site's own files are part of the program, which is one static file.
        .target(name: "MatrixReport", dependencies: ["MatrixModel", "EvidenceStore", system], resources: [.embedInCode("Resources")], swiftSettings: settings),
        // Rank 5. The subcommands: wiring only.
        .target(
            name: "KmatrixCommands",
            dependencies: [
                "MatrixModel", "ArtefactCache", "KernelCatalogue", "EvidenceStore", "QEMUGuest", "MatrixRunner", "MatrixReport", "Conformance",
                argumentParser, system,
            ],
            swiftSettings: settings),
        .executableTarget(name: "kmatrix", dependencies: ["KmatrixCommands"], swiftSettings: settings),

        // The agent. The header both sides of the kernel boundary include.
        .systemLibrary(name: "CAgentABI", path: "bpf/abi"),
        // libbpf and the C that Swift cannot say (varargs, macros).
        .target(
            name: "CLibBPF", dependencies: ["CAgentABI"],
            linkerSettings: [.linkedLibrary("bpf"), .linkedLibrary("elf"), .linkedLibrary("z")]),
        // The Guest Proxy Agent: redirector, proxy, status.
        .target(
            name: "AgentCore",
            dependencies: ["CLibBPF", "CAgentABI", crypto, nioCore, nioPosix, nioHTTP1, system],
            swiftSettings: settings),
        .executableTarget(name: "azure-proxy-agent", dependencies: ["AgentCore"], swiftSettings: settings),

        // The guest's side. System calls Swift cannot make by itself.
        .target(name: "CGuestSystem"),
        // PID 1 of the micro guest: lays out cgroups, starts the agent, plays the clients, streams evidence.
        .target(name: "GuestRunner", dependencies: ["MatrixModel", "GuestProtocol", "CGuestSystem"], swiftSettings: settings),
        .executableTarget(name: "guest-runner", dependencies: ["GuestRunner"], swiftSettings: settings),
        // Joins one guest connection (standard input and output) to the fabric's Unix socket.
        .executableTarget(name: "fabric-relay", swiftSettings: settings),

        // Tests.
        .target(name: "TestSupport", dependencies: ["MatrixModel", "GuestProtocol", subprocess, system, nioCore, nioPosix, nioHTTP1], swiftSettings: settings),
        // Stands in for the emulator, so that endings are tested in milliseconds.
        .executableTarget(name: "fake-qemu", dependencies: ["GuestProtocol", "MatrixModel"], swiftSettings: settings),
        .testTarget(name: "MatrixModelTests", dependencies: ["MatrixModel"], swiftSettings: settings),
        .testTarget(name: "GuestProtocolTests", dependencies: ["GuestProtocol", "MatrixModel", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "ArtefactCacheTests", dependencies: ["ArtefactCache", system], swiftSettings: settings),
        .testTarget(name: "KernelCatalogueTests", dependencies: ["KernelCatalogue", "StrictYAML", "ArtefactCache", "MatrixModel", "TestSupport", subprocess, system], swiftSettings: settings),
        .testTarget(name: "GuestImagesTests", dependencies: ["GuestImages", "ArtefactCache", "MatrixModel", subprocess, system], swiftSettings: settings),
        .testTarget(name: "AgentBundlesTests", dependencies: ["AgentBundles", "GuestImages", "TestSupport", subprocess, system], swiftSettings: settings),
        .testTarget(name: "JudgementTests", dependencies: ["Judgement", "MatrixModel", "GuestProtocol"], resources: [.copy("Evidence")], swiftSettings: settings),
        .testTarget(name: "ConformanceTests", dependencies: ["Conformance", "GuestProtocol", "MatrixModel"], swiftSettings: settings),
        .testTarget(name: "EvidenceStoreTests", dependencies: ["EvidenceStore", "MatrixModel", system], swiftSettings: settings),
        .testTarget(name: "QEMUGuestTests", dependencies: ["QEMUGuest", "GuestProtocol", "MatrixModel", "TestSupport", "fake-qemu", system, subprocess], resources: [.copy("Snapshots")], swiftSettings: settings),
        .testTarget(name: "FabricSimulatorTests", dependencies: ["FabricSimulator", "MatrixModel", "StrictYAML", "TestSupport", "fabric-relay", crypto, subprocess, system, nioCore, nioPosix, nioHTTP1], swiftSettings: settings),
        .testTarget(name: "MatrixRunnerTests", dependencies: ["MatrixRunner", "FabricSimulator", "AgentBundles", "Conformance", "MatrixModel", "GuestProtocol", "ArtefactCache", "EvidenceStore", "Judgement", "KernelCatalogue", "QEMUGuest", "GuestImages", "TestSupport", "fake-qemu", "fabric-relay", system], swiftSettings: settings),
        .testTarget(name: "MatrixReportTests", dependencies: ["MatrixReport", "EvidenceStore", "MatrixModel", system], exclude: ["Browser"], resources: [.copy("Snapshots")], swiftSettings: settings),
        .testTarget(name: "KmatrixCommandsTests", dependencies: ["KmatrixCommands", "EvidenceStore", "MatrixModel", "TestSupport", "kmatrix", "fake-qemu", subprocess, system, argumentParser], resources: [.copy("Snapshots")], swiftSettings: settings),
        .testTarget(name: "AgentCoreTests", dependencies: ["AgentCore", "CAgentABI", "FabricSimulator", "MatrixModel", "TestSupport", crypto, nioCore, nioPosix, nioHTTP1, system], swiftSettings: settings),
        .testTarget(name: "GuestRunnerTests", dependencies: ["GuestRunner", "CGuestSystem", "GuestProtocol", "MatrixModel", "TestSupport", system], swiftSettings: settings),
        .testTarget(name: "ArchitectureTests", swiftSettings: settings),
    ]
)
