import Bridge
import DevKit
import Logging
import LoopsSimulator
import RedisStreams
import ServiceLifecycle
import UnixSignals

/// One run of `dev`: the bridge, a publisher and a line of progress, until Ctrl-C or until all events have ended.
struct DevSession: Sendable {
    enum Plan: Sendable, Equatable {
        /// This many events, then the check.
        case once(Int)
        case steady(perSecond: Int)
    }

    enum Verdict: Sendable {
        case held, violated
    }

    let settings: Settings
    let destination: Destination
    let simulator: LoopsSimulator
    let simulatorAdmin: String
    let events: SampleEvents
    let plan: Plan

    private var stream: String { settings.bridge.streams[0].name }

    func run() async throws -> Verdict {
        let client = RedisClient(configuration: settings.bridge.redis, logger: Loggers.logger(.init(level: .error)))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await client.run() }
            defer { tasks.cancelAll() }
            let published = Tally()
            let bridge = OneTime<Bridge>()
            var assembly = Assembly(settings: settings, destination: destination)
            assembly.companion = DevFlow(session: self, client: client, published: published, bridge: bridge)
            assembly.onBridge = { bridge.set($0) }
            // Its terminal was closed: nobody watches any more, and nobody could end it.
            assembly.signals.append(.sighup)
            assembly.onAdminListening = { address in
                Terminal.complain(
                    """
                    Dashboard:   \(address)/  (\(address)/status.json  \(address)/metrics)
                    Simulator:   \(simulatorAdmin)stats
                    Redis:       \(settings.bridge.redis)
                    """
                )
            }
            try await assembly.run()
            Terminal.endProgress()
            let carried = await bridge.value
            return try await conclude(bridge: carried, published: published.count, client: client)
        }
    }

    private func pending(_ client: RedisClient) async throws -> Int {
        do {
            return try await client.pendingSummary(stream, group: settings.bridge.group).count
        } catch let error {
            // Ended before the bridge had made its group: nothing can be pending.
            if case .server(let fault) = error.reason, fault.code == "NOGROUP" { return 0 }
            throw error
        }
    }

    private func conclude(bridge: Bridge, published: Int, client: RedisClient) async throws -> Verdict {
        let ends = bridge.status.ends
        let pending = try await pending(client)
        let audit = DeliveryAudit(simulator.requests())
        print(
            """
            published        \(published)
            delivered        \(ends.delivered)
            ignored          \(ends.ignored)
            dead-lettered    \(ends.deadLettered)
            still pending    \(pending)
            requests         \(audit.requests), of them \(audit.committed) applied
            out of order     \(audit.outOfOrder.count)
            overlapping      \(audit.overlapping.count)
            applied twice    \(audit.appliedTwice.count)
            """
        )
        guard case .once(let count) = plan else { return .held }
        let held = ends.total == count && pending == 0 && audit.isClean
        print(held ? "All \(count) events ended once, in order." : "Something is wrong; see above.")
        return held ? .held : .violated
    }
}
