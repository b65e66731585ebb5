// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that users of the bridge do not build it.
let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "loops-bridge", path: "..")],
    targets: [
        .executableTarget(name: "micro", dependencies: [.product(name: "JSON", package: "loops-bridge")])
    ]
)
