// swift-tools-version: 6.2
import PackageDescription

// The benchmarks, which are not shipped: `ci/bench` builds them. Like tests they look behind the access levels of what they measure, so it
// builds them with -enable-testing, into a folder of their own.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "kmatrix-benchmarks",
    targets: [
        // Figures, spreads and ratios, and documents of them that can be compared.
        .target(name: "Measurements", swiftSettings: settings),
        .testTarget(name: "MeasurementsTests", dependencies: ["Measurements"], resources: [.copy("Documents")], swiftSettings: settings),
    ]
)

// `ci/test` builds the tests of the documents alone, in seconds.
if Context.environment["KMATRIX_BENCH_DOCUMENTS"] == nil {
    package.dependencies = [
        .package(name: "kmatrix", path: "../.."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ]
    package.targets += [
        // What each part of `ci/bench` measures.
        .executableTarget(
            name: "kmatrix-bench",
            dependencies: [
                "Measurements", .product(name: "KmatrixParts", package: "kmatrix"), .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "KmatrixBenchTests", dependencies: ["kmatrix-bench", "Measurements", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: settings),
    ]
}
