// swift-tools-version: 6.2
import PackageDescription

// The commit, for `--version`: the Makefile and the Dockerfile say it. One C file knows it, so a new commit builds little anew.
let revision = Context.environment["LOOPS_BRIDGE_REVISION"].flatMap { text in
    text.isEmpty || !text.allSatisfy(\.isHexDigit) ? nil : text
}

let package = Package(
    name: "loops-bridge",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "loops-bridge", targets: ["loops-bridge"]),
        // For developers: the simulator, sample events, the reference. No package and no image has it.
        .executable(name: "loops-bridge-dev", targets: ["loops-bridge-dev"]),
        // For services in Swift that publish events: the only target that others import.
        .library(name: "SegmentEvents", targets: ["SegmentEvents"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        // Without its default traits: one of them brings all of Foundation, and that 40 MB of ICU.
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
    ],
    targets: [
        // In the order of the data's way: a reader starts at the top and never looks ahead.
        .systemLibrary(
            name: "CHiredis",
            pkgConfig: "hiredis",
            providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"]), .yum(["hiredis-devel"])]
        ),
        .systemLibrary(
            name: "CYAML",
            pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"]), .brew(["libyaml"]), .yum(["libyaml-devel"])]
        ),
        .systemLibrary(
            name: "CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"]), .yum(["zlib-devel"])]
        ),
        .target(name: "CBuildInfo", cSettings: revision.map { [.define("LOOPS_BRIDGE_REVISION", to: "\"\($0)\"")] }),
        // Depends on nothing of ours: who imports it gets no other module's name with it.
        .target(name: "SegmentEvents"),
        .target(name: "JSON"),
        // V8's reading of dates and numbers, on which Segment relies, and the calendar.
        .target(name: "JavaScript"),
        .target(name: "YAML", dependencies: ["CYAML"]),
        .target(name: "Support", dependencies: [.product(name: "Crypto", package: "swift-crypto")]),
        .target(
            name: "PrometheusMetrics",
            dependencies: [.product(name: "CoreMetrics", package: "swift-metrics")]
        ),
        // Every metric of the programs: its name, its labels, its instrument.
        .target(
            name: "MetricCatalog",
            dependencies: ["PrometheusMetrics", .product(name: "Metrics", package: "swift-metrics")]
        ),
        .target(
            name: "NIOSupport",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        .target(
            name: "RedisStreams",
            dependencies: [
                "CHiredis", "NIOSupport", "Support",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .target(
            name: "Segment",
            dependencies: [
                "JSON", "JavaScript", "Support", .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        // What comes in over HTTP, as values: paths, keys, events, answers.
        .target(
            name: "Ingest",
            dependencies: [
                "CZlib", "JSON", "Segment", "Support", "YAML", .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .target(
            name: "HTTPTransport",
            dependencies: [
                "NIOSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ]
        ),
        .target(
            name: "Loops",
            dependencies: [
                "HTTPTransport", "JSON", "JavaScript", "NIOSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        // The mappings file, and what it makes of an event.
        .target(
            name: "Destination",
            dependencies: [
                "JSON", "Loops", "Segment", "Support", "YAML",
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        // The consumer group with its partitions, as Redis keeps it: keys, scripts and what they answer.
        .target(
            name: "StreamGroups",
            dependencies: [
                "JSON", "RedisStreams", "Segment", "Support", .product(name: "Crypto", package: "swift-crypto"),
            ],
            resources: [
                .embedInCode("Scripts/ack.lua"),
                .embedInCode("Scripts/adopt.lua"),
                .embedInCode("Scripts/notify.lua"),
                .embedInCode("Scripts/record_crash.lua"),
                .embedInCode("Scripts/claims.lua"),
                .embedInCode("Scripts/dead_letter.lua"),
                .embedInCode("Scripts/heartbeat.lua"),
                .embedInCode("Scripts/incarnation.lua"),
                .embedInCode("Scripts/leave.lua"),
                .embedInCode("Scripts/create_group.lua"),
                .embedInCode("Scripts/pause.lua"),
                .embedInCode("Scripts/acquire_permits.lua"),
                .embedInCode("Scripts/token_bucket.lua"),
                .embedInCode("Scripts/position.lua"),
                .embedInCode("Scripts/fetch.lua"),
                .embedInCode("Scripts/receipt.lua"),
                .embedInCode("Scripts/replay.lua"),
                .embedInCode("Scripts/route.lua"),
                .embedInCode("Scripts/inspect.lua"),
            ]
        ),
        // The runtime: from the stream to the acknowledgement.
        .target(
            name: "Bridge",
            dependencies: [
                "Destination", "HTTPTransport", "JSON", "Loops", "MetricCatalog", "RedisStreams", "Segment",
                "StreamGroups", "Support",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        // What people do to a stream and ask of it: dead letters, replays, searches, checks.
        .target(
            name: "Operations",
            dependencies: [
                "Bridge", "Destination", "JSON", "Loops", "RedisStreams", "Segment", "StreamGroups", "Support",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .target(
            name: "LoopsSimulator",
            dependencies: [
                "JSON", "Support",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "DevKit",
            dependencies: [
                "JSON", "Support",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        // The shell around the bridge: settings, admin endpoints, log, assembly.
        .target(
            name: "BridgeService",
            dependencies: [
                "Bridge", "CBuildInfo", "Destination", "HTTPTransport", "Ingest", "JSON", "Loops", "MetricCatalog",
                "NIOSupport", "Operations", "PrometheusMetrics", "RedisStreams", "Segment", "StreamGroups", "Support",
                "YAML",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            resources: [
                .embedInCode("Admin/Page/events.js"),
                .embedInCode("Admin/Page/intake.js"),
                .embedInCode("Admin/Page/letters.js"),
                .embedInCode("Admin/Page/mappings.js"),
                .embedInCode("Admin/Page/overview.js"),
                .embedInCode("Admin/Page/page.css"),
                .embedInCode("Admin/Page/page.html"),
                .embedInCode("Admin/Page/page.js"),
                .embedInCode("Admin/Page/replicas.js"),
                .embedInCode("Admin/Page/runbook.html"),
                .embedInCode("Admin/Page/views.js"),
            ]
        ),
        // Events that come in over HTTP: from the request to the stream.
        .target(
            name: "IngestService",
            dependencies: [
                "Bridge", "BridgeService", "Destination", "Ingest", "JSON", "MetricCatalog", "NIOSupport",
                "PrometheusMetrics", "RedisStreams", "StreamGroups", "Support",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Scripts/accept.lua"), .embedInCode("Scripts/report.lua")]
        ),
        // The service and the operators' commands. Nothing here or below is for development only.
        .executableTarget(
            name: "loops-bridge",
            dependencies: [
                "Bridge", "BridgeService", "Destination", "HTTPTransport", "Ingest", "IngestService", "JSON", "Loops",
                "NIOSupport", "Operations", "RedisStreams", "Segment", "StreamGroups", "Support",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .executableTarget(
            name: "loops-bridge-dev",
            dependencies: [
                "Bridge", "BridgeService", "Destination", "DevKit", "IngestService", "JSON", "LoopsSimulator",
                "MetricCatalog", "NIOSupport", "PrometheusMetrics", "RedisStreams", "StreamGroups", "Support",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),

        // Replicas with planted faults, a nemesis and a judge: for tests and `make torture` only.
        .executableTarget(
            name: "torture",
            dependencies: [
                "Bridge", "CBuildInfo", "Destination", "DevKit", "JSON", "Loops", "LoopsSimulator", "RedisStreams",
                "StreamGroups", "Support",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Tests/Torture"
        ),
        // What becomes of the request budget, against the simulator: for `make bench-budget` only.
        .executableTarget(
            name: "budget",
            dependencies: [
                "DevKit", "JSON", "LoopsSimulator", "RedisStreams", "Support",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Tests/Budget"
        ),
        // What the small parts of the bridge take; what a client takes that sends given requests and does nothing else: for `make bench` only.
        .executableTarget(
            name: "micro",
            dependencies: [
                "Bridge", "Destination", "JSON", "Loops", "RedisStreams", "Segment",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Benchmarks/micro"
        ),
        .executableTarget(
            name: "floor",
            dependencies: [
                "JSON",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Benchmarks/floor"
        ),
        .testTarget(name: "JSONTests", dependencies: ["DevKit", "JSON", "Support"]),
        .testTarget(
            name: "RedisStreamsTests",
            dependencies: [
                "DevKit", "RedisStreams", "Support",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .testTarget(name: "YAMLTests", dependencies: ["YAML"]),
        .testTarget(
            name: "SegmentEventsTests",
            dependencies: ["DevKit", "JSON", "Segment", "SegmentEvents", "Support"],
            exclude: ["Samples", "StandIns"]
        ),
        .testTarget(
            name: "IngestTests",
            dependencies: ["Ingest", "JSON", "Support", .product(name: "Crypto", package: "swift-crypto")]
        ),
        .testTarget(name: "JavaScriptTests", dependencies: ["JavaScript"]),
        .testTarget(name: "SegmentTests", dependencies: ["DevKit", "JSON", "JavaScript", "Segment", "Support"]),
        .testTarget(name: "DestinationTests", dependencies: ["Destination", "JSON", "Loops", "Support"]),
        .testTarget(
            name: "NIOSupportTests",
            dependencies: [
                "NIOSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        .testTarget(
            name: "HTTPTransportTests",
            dependencies: [
                "HTTPTransport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "LoopsTests",
            dependencies: [
                "DevKit", "HTTPTransport", "JSON", "Loops", "NIOSupport", "Support",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        .testTarget(
            name: "BridgeTests",
            dependencies: [
                "Bridge", "CBuildInfo", "Destination", "DevKit", "JSON", "Loops", "LoopsSimulator", "Operations",
                "RedisStreams", "Segment", "StreamGroups", "Support",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]
        ),
        .testTarget(
            name: "PrometheusMetricsTests",
            dependencies: ["PrometheusMetrics", .product(name: "CoreMetrics", package: "swift-metrics")]
        ),
        .testTarget(
            name: "LoopsSimulatorTests",
            dependencies: [
                "DevKit", "JSON", "LoopsSimulator", "Support",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .testTarget(name: "DevKitTests", dependencies: ["DevKit", "JSON", "Support"]),
        .testTarget(
            name: "LoopsBridgeTests",
            dependencies: [
                "loops-bridge", "loops-bridge-dev", "Bridge", "BridgeService", "Destination", "DevKit", "HTTPTransport",
                "Ingest", "JSON", "Loops", "LoopsSimulator", "MetricCatalog", "NIOSupport", "Operations",
                "PrometheusMetrics", "RedisStreams", "Segment", "StreamGroups", "Support",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "IngestServiceTests",
            dependencies: [
                "BridgeService", "Destination", "DevKit", "Ingest", "IngestService", "JSON", "RedisStreams", "Support",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "loops-bridge", "loops-bridge-dev", "Bridge", "BridgeService", "Destination", "DevKit", "Ingest",
                "JSON", "Loops", "LoopsSimulator", "MetricCatalog", "Operations", "PrometheusMetrics", "RedisStreams",
                "StreamGroups", "Support", "torture",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
    ]
)

// One set of settings for every target of ours in Swift.
for target in package.targets where target.type != .system && target.name != "CBuildInfo" {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}
