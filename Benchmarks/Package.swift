// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that users of the bridge do not build it.
let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "loops-bridge", path: ".."),
        // At the versions of the bridge.
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    ],
    targets: [
        .executableTarget(
            name: "micro",
            dependencies: [
                .product(name: "Bridge", package: "loops-bridge"),
                .product(name: "JSON", package: "loops-bridge"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "RedisStreams", package: "loops-bridge"),
                .product(name: "Segment", package: "loops-bridge"),
            ]
        ),
        // Sends given requests and does nothing else: with async-http-client, the client that one would take, and with SwiftNIO alone.
        .executableTarget(
            name: "floor",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "JSON", package: "loops-bridge"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
    ]
)
