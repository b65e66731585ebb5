import Bridge
import BridgeService
import Destination
import DevKit
import JSON
import Logging
import LoopsSimulator
import RedisStreams
import ServiceLifecycle

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
    /// Where the simulator's controls are, without a path.
    let simulatorAdmin: String
    /// Redis' address, as a person types it.
    let redis: String
    let events: SampleEvents
    let plan: Plan
    let interruption: Interruption

    private var stream: String { settings.bridge.streams[0].name }

    func run() async throws -> Verdict {
        let client = RedisClient(configuration: settings.bridge.redis, logger: Loggers.logger(.init(level: .error)))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await client.run() }
            defer { tasks.cancelAll() }
            if case .steady = plan {
                tasks.addTask { await DevIngest(settings: settings, destination: destination).run() }
            }
            let published = PublishedCount()
            let bridge = OneTime<Bridge>()
            var assembly = Assembly(settings: settings, destination: destination)
            assembly.companion = DevFlow(session: self, client: client, published: published, bridge: bridge)
            assembly.onBridge = { bridge.set($0) }
            // Its signals are taken from the first moment on, and end the flow.
            assembly.signals = []
            assembly.onAdminListening = { address in
                // Nothing to greet with what ends.
                if interruption.hasCome { return }
                let isSteady = if case .steady = plan { true } else { false }
                let greeting = DevGreeting(
                    dashboard: address,
                    simulator: simulatorAdmin,
                    redis: redis,
                    isSteady: isSteady
                )
                Terminal.printError(greeting.lines.joined(separator: "\n") + "\n")
            }
            try await assembly.run()
            interruption.settle()
            Terminal.endProgress()
            let carried = await bridge.value
            return try await conclude(bridge: carried, published: published, client: client)
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

    /// The names of the events that are dead letters, read from their own bytes.
    private func letters(_ client: RedisClient) async throws -> Set<String> {
        let name = settings.bridge.deadLetterStream ?? "{\(stream)}:dead"
        var names: Set<String> = []
        for letter in try await client.range(name, count: 1_000_000) {
            let event = letter.fields?.first { $0.name.elementsEqual("event".utf8) }
            if let event, let id = (try? JSONParser.parse(event.value))?["messageId"]?.stringValue { names.insert(id) }
        }
        return names
    }

    private func conclude(bridge: Bridge, published: PublishedCount, client: RedisClient) async throws -> Verdict {
        let ends = bridge.status.ends
        let pending = try await pending(client)
        // What mappings of one's own make of an event is theirs to say.
        let events = settings.mappingsPath == nil && !interruption.hasCome ? published.events : nil
        let audit = DeliveryAudit(simulator.evidence(), published: events, letters: try await letters(client))
        print(
            """
            published        \(published.count)
            delivered        \(ends.delivered)
            ignored          \(ends.ignored)
            dead-lettered    \(ends.deadLettered)
            still pending    \(pending)
            requests         \(audit.requests), \(audit.committed) applied
            lost             \(lost(audit))
            409 for nothing  \(audit.hollow.count)
            out of order     \(audit.outOfOrder.count)
            ended stale      \(audit.unfinished.count)
            overlapping      \(audit.overlapping.count)
            applied twice    \(audit.appliedTwice.count)
            wrong contact    \(audit.misdirected.count)
            """
        )
        guard case .once(let count) = plan else { return .held }
        if interruption.hasCome {
            print("Interrupted: \(ends.total) of \(count) events had ended.")
            return .held
        }
        let held = ends.total == count && published.count == count && pending == 0 && audit.isClean
        guard held else {
            print("Something is wrong; see above.")
            return .violated
        }
        let isWhole = audit.lost != nil && audit.deadLettered.isEmpty
        print(isWhole ? "All \(count) events ended once, in order." : "All \(count) events ended, in order; see above.")
        return .held
    }

    private func lost(_ audit: DeliveryAudit) -> String {
        guard let lost = audit.lost else {
            return interruption.hasCome ? "not checked" : "not checked: own mappings"
        }
        let letters = audit.deadLettered.isEmpty ? "" : ", \(audit.deadLettered.count) good events are dead letters"
        let examples = lost.isEmpty ? "" : " (\(lost.sorted().prefix(3).joined(separator: ", ")))"
        return "\(lost.count)\(examples)\(letters)"
    }
}
