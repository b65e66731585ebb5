import Metrics
import Testing

@testable import Bridge

@Suite("Waiting for a number of ends", .timeLimit(.minutes(1)))
struct EndTallyTests {
    @Test("A wait ends when its task is cancelled, before or after it began; another one goes on")
    func cancelled() async {
        let tally = CompletionCounter(
            metrics: BridgeMetrics(streams: ["s"], factory: NOOPMetricsHandler.instance),
            activity: Activity(streams: ["s"])
        )
        for _ in 0..<100 {
            let waiting = Task { await tally.reached(1) }
            waiting.cancel()
            await waiting.value
        }
        await tally.reached(0)
    }
}
