// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is compiled with: imports stay private unless said, a member is seen only where its
/// module is imported, existentials are written out, and a warning is an error.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// A library or an executable under `Sources`, and the tests that mirror it under `Tests`.
func source(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies, resources: resources,
        swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")

let package = Package(
    name: "landscape",
    products: [
        .library(name: "Landscape", targets: ["Landscape", "Krylov", "Networks", "Checkpoints", "LinearAlgebra"]),
        .library(name: "Agents", targets: ["Agents", "Plasticity", "Training", "Datasets"]),
        .executable(name: "landscape", targets: ["LandscapeCommand"]),
        .executable(name: "agents", targets: ["AgentsCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    ],
    targets: [
        // The C libraries: two of the system's, and the elementwise loops that Swift does not vectorise.
        .systemLibrary(
            name: "CBLAS", path: "Modules/CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(
            name: "CLAPACKE", path: "Modules/CLAPACKE", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"])]),
        .target(
            name: "CElementwise", path: "Modules/CElementwise", cSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])]),

        // The house, in the order of the data; an arrow runs only upwards in this list.
        source("Files"),
        source("LinearAlgebra", ["CBLAS", "CLAPACKE", "CElementwise"]),
        source("Networks", ["LinearAlgebra", "Files"]),
        source("Checkpoints", ["Networks", "LinearAlgebra", "Files"]),
        source("Datasets", ["Checkpoints", "LinearAlgebra", "Files"]),
        source("Krylov", ["LinearAlgebra"]),
        source(
            "Landscape", ["Krylov", "Datasets", "Checkpoints", "Networks", "LinearAlgebra", "Files"],
            resources: [.embedInCode("SelfTest/ReferenceCase")]),
        source("Training", ["Networks", "LinearAlgebra", "Files"]),
        source(
            "Plasticity",
            ["Training", "Landscape", "Krylov", "Datasets", "Checkpoints", "Networks", "LinearAlgebra", "Files"]),
        .target(
            name: "EventFiles", dependencies: ["Files", protobuf],
            exclude: ["Messages/event.proto", "Messages/hyperparameters.proto"], swiftSettings: strict),
        source(
            "Agents",
            ["EventFiles", "Plasticity", "Training", "Datasets", "Checkpoints", "Networks", "LinearAlgebra", "Files"]),
        source(
            "Sweeps",
            ["Agents", "Plasticity", "Training", "Datasets", "Networks", "LinearAlgebra", "Files", yams, grdb]),
        source("Figures", ["Files"]),
        source(
            "Studies",
            [
                "Sweeps", "Agents", "Plasticity", "Landscape", "Figures", "Training", "Krylov", "Datasets",
                "Checkpoints",
                "Networks", "LinearAlgebra", "Files",
            ]),
        source("CommandSupport", ["Files", "LinearAlgebra", argumentParser, logging]),
        .executableTarget(
            name: "LandscapeCommand",
            dependencies: [
                "CommandSupport", "Plasticity", "Training", "Landscape", "Krylov", "Checkpoints", "Networks",
                "LinearAlgebra", "Figures", "Files", argumentParser, logging,
            ], swiftSettings: strict),
        .executableTarget(
            name: "AgentsCommand",
            dependencies: [
                "CommandSupport", "Studies", "Sweeps", "Agents", "EventFiles", "Plasticity", "Figures", argumentParser,
                logging,
            ],
            swiftSettings: strict),

        .target(
            name: "TestSupport", dependencies: ["Checkpoints", "Networks", "LinearAlgebra", "Files"],
            path: "Tests/TestSupport", resources: [.copy("Fixtures")], swiftSettings: strict),
        tests("Files", []),
        tests("LinearAlgebra", []),
        tests("Networks", ["Checkpoints", "LinearAlgebra", "Files"]),
        tests("Checkpoints", ["Networks", "LinearAlgebra", "Files"]),
        tests("Datasets", ["LinearAlgebra", "Files"]),
        tests("Krylov", ["LinearAlgebra"]),
        tests("Landscape", ["Krylov", "Datasets", "Checkpoints", "Networks", "LinearAlgebra", "Files"]),
        tests("Training", ["Checkpoints", "Networks", "LinearAlgebra", "Files"]),
        tests(
            "Plasticity",
            ["Training", "Landscape", "Krylov", "Datasets", "Checkpoints", "Networks", "LinearAlgebra", "Files"]),
        tests("EventFiles", ["Files"]),
        tests(
            "Agents",
            [
                protobuf, "EventFiles", "Plasticity", "Training", "Datasets", "Checkpoints", "Networks",
                "LinearAlgebra", "Files",
            ]),
        tests("Sweeps", ["Agents", "Plasticity", "Training", "Datasets", "Networks", "LinearAlgebra", "Files", grdb]),
        tests("Figures", ["Files"]),
        tests(
            "Studies",
            ["Agents", "Plasticity", "Figures", "Krylov", "Training", "Datasets", "Networks", "LinearAlgebra", "Files"]),
        .testTarget(
            name: "CommandTests", dependencies: ["TestSupport", "CommandSupport", "Files", grdb], swiftSettings: strict),
    ]
)
