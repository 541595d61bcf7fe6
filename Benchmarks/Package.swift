// swift-tools-version: 6.2
import PackageDescription

/// The same rules as the package that is measured.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "landscape-benchmarks",
    products: [.executable(name: "landscape-benchmarks", targets: ["LandscapeBenchmarks"])],
    dependencies: [
        .package(name: "landscape", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    ],
    targets: [
        .executableTarget(
            name: "LandscapeBenchmarks",
            dependencies: [
                .product(name: "Landscape", package: "landscape"), .product(name: "Agents", package: "landscape"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict)
    ]
)
