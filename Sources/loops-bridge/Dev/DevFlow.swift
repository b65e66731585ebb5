import Bridge
import DevKit
import RedisStreams
import ServiceLifecycle

/// Publishes sample events and shows a line of progress. Returns when its plan is done, which ends the run.
struct DevFlow: Service {
    let session: DevSession
    let client: RedisClient
    let published: Tally
    let bridge: OneTime<Bridge>

    func run() async throws {
        let bridge = await bridge.value
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await publish(bridge) }
            tasks.addTask { try await showProgress(bridge) }
            defer { tasks.cancelAll() }
            try await withGracefulShutdownHandler {
                try await tasks.next()
            } onGracefulShutdown: {
                published.finish()
            }
        }
    }

    private func publish(_ bridge: Bridge) async throws {
        switch session.plan {
        case .once(let count):
            try await publish(count)
            await bridge.confirmedEnds.reached(count)
        case .steady(let perSecond):
            var events = session.events
            while !Task.isCancelled, !published.isFinished {
                if let event = events.next() { try await add([event]) }
                try? await Task.sleep(for: .seconds(1.0 / Double(perSecond)))
            }
        }
    }

    private func publish(_ count: Int) async throws {
        var events = session.events
        var left = count
        while left > 0 {
            let batch = (0..<min(left, 500)).compactMap { _ in events.next() }
            try await add(batch)
            left -= batch.count
        }
    }

    private func add(_ events: [[UInt8]]) async throws {
        let stream = session.settings.bridge.streams[0].name
        let commands = events.map {
            RedisCommand("XADD", [.string(stream), .string("*"), .string("event"), .bytes($0)])
        }
        for answer in try await client.pipeline(commands) { _ = try answer.get() }
        if case .once = session.plan {
            published.add(events, isJudged: true)
        } else {
            published.add(events, isJudged: false)
        }
    }

    private func showProgress(_ bridge: Bridge) async throws {
        var before = 0
        var seconds = 0
        while !published.isFinished {
            try await Task.sleep(for: .seconds(1))
            seconds += 1
            let ends = bridge.status.ends
            let line = """
                published \(published.count) · delivered \(ends.delivered) · ignored \(ends.ignored) · \
                dead-lettered \(ends.deadLettered) · waiting \(max(0, published.count - ends.total)) · \(ends.delivered - before)/s
                """
            before = ends.delivered
            if Terminal.isInteractive { Terminal.progress(line) } else if seconds % 5 == 0 { Terminal.complain(line) }
        }
    }
}
