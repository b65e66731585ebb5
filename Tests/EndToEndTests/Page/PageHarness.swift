import Bridge
import DevKit
import Hummingbird
import JSON
import Logging
import LoopsSimulator
import RedisStreams

@testable import BridgeService
@testable import loops_bridge

extension Harness {
    static let controlToken = "control-token-of-tests"
    static let viewToken = "view-token-of-tests"
    static let settings = [
        EffectiveSetting(key: "loops.apiKey", value: "set, hidden", source: .environment("LOOPS_API_KEY"))
    ]

    /// The admin endpoints of the harness' bridge on a port, as long as `body` runs; then they are gone, listeners and all.
    /// - Parameter logger: told what people do over HTTP.
    func withPage(
        port: Int,
        logger: Logger = .quiet,
        _ body: @Sendable @escaping (String) async throws -> Void
    ) async throws {
        let listening = AsyncStream<Void>.makeStream()
        let control = ControlRoutes(
            bridge: bridge,
            token: ControlToken(Self.controlToken),
            viewToken: ControlToken(Self.viewToken),
            reloader: nil,
            logger: logger
        )
        let server = AdminServer(bridge: bridge, registry: registry, control: control, settings: Self.settings)
        let admin = server.application(
            host: "127.0.0.1",
            port: port,
            logger: .quiet
        ) { _ in listening.continuation.finish() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await admin.run() }
            defer { group.cancelAll() }
            for await _ in listening.stream {}
            try await body("http://127.0.0.1:\(port)/")
        }
    }

    /// A bridge at work, its page, and a browser that shows it.
    static func page(
        simulation: SimulatorConfiguration = .unlimited,
        change: @Sendable @escaping (inout BridgeConfiguration) -> Void = { _ in },
        body: @Sendable @escaping (Harness, Browser) async throws -> Void
    ) async throws {
        try await Browser.run { browser in
            try await run(simulation: simulation, change: change) { harness in
                try await harness.withPage(port: FreePort.take()) { url in
                    try await browser.open(url)
                    try await body(harness, browser)
                }
            }
        }
    }
}
