import Bridge
import BridgeService
import DevKit
import RedisStreams
import ServiceLifecycle

/// Publishes sample events and shows a line of progress. Returns when its plan is done or interrupted, which ends the run.
struct DevFlow: Service {
    let session: DevSession
    let client: RedisClient
    let published: PublishedCount
    let bridge: OneTime<Bridge>

    func run() async throws {
        let bridge = await bridge.value
        let isOver = OneTime<Void>()
        session.interruption.meanwhile { isOver.set(()) }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await publish(bridge) }
            tasks.addTask { try await showProgress(bridge) }
            tasks.addTask {
                await withTaskCancellationHandler {
                    await isOver.value
                } onCancel: {
                    isOver.set(())
                }
            }
            defer { tasks.cancelAll() }
            try await withGracefulShutdownHandler {
                try await tasks.next()
            } onGracefulShutdown: {
                isOver.set(())
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
            while true {
                if let event = events.next() { try await add([event]) }
                try await Task.sleep(for: .seconds(1.0 / Double(perSecond)))
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
        let isJudged = if case .once = session.plan { true } else { false }
        for (event, answer) in zip(events, try await client.pipeline(commands)) {
            _ = try answer.get()
            published.add(event, isJudged: isJudged)
        }
    }

    private func showProgress(_ bridge: Bridge) async throws {
        var before = 0
        var seconds = 0
        while true {
            try await Task.sleep(for: .seconds(1))
            seconds += 1
            let ends = bridge.status.ends
            let progress = DevProgress(published: published.count, ends: ends, perSecond: ends.delivered - before)
            before = ends.delivered
            if Terminal.isInteractive {
                Terminal.progress(progress.line(width: Terminal.errorWidth - 1))
            } else if seconds % 5 == 0 {
                Terminal.printError(progress.line(width: .max))
            }
        }
    }
}
