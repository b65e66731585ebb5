import Logging
import Synchronization
import Testing

@testable import Bridge

@Suite("LogGate: an outage must not fill a disk")
struct LogGateTests {
    /// What was logged: the text and how many were held back before.
    private final class Lines: LogHandler, Sendable {
        private let lines = Mutex<[String]>([])
        let now = Mutex(ContinuousClock.now)

        var all: [String] { lines.withLock { $0 } }
        func pass(_ duration: Duration) { now.withLock { $0 += duration } }

        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        var logLevel: Logger.Level {
            get { .trace }
            set {}
        }
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }

        func log(event: LogEvent) {
            let held = event.metadata?["heldBack"].map { " (\($0))" } ?? ""
            lines.withLock { $0.append("\(event.level) \(event.message)\(held)") }
        }
    }

    private func admissionControl(_ lines: Lines) -> LogThrottle {
        LogThrottle(logger: Logger(label: "test") { _ in lines }, interval: .seconds(10)) { lines.now.withLock { $0 } }
    }

    @Test("The first goes through, its repetitions are held back and counted, and after the interval one tells of them")
    func holdsBack() {
        let lines = Lines()
        let admissionControl = admissionControl(lines)
        for _ in 0..<5 { admissionControl.log(.warning, key: "a", "failed") }
        lines.pass(.seconds(9))
        admissionControl.log(.warning, key: "a", "failed")
        #expect(lines.all == ["warning failed"])
        lines.pass(.seconds(1))
        for _ in 0..<3 { admissionControl.log(.warning, key: "a", "failed") }
        #expect(lines.all == ["warning failed", "warning failed (5)"])
        lines.pass(.seconds(60))
        admissionControl.log(.error, key: "a", "failed")
        #expect(lines.all.last == "error failed (2)")
    }

    @Test("Keys do not hold one another back")
    func keys() {
        let lines = Lines()
        let admissionControl = admissionControl(lines)
        admissionControl.log(.warning, key: "a", "a")
        admissionControl.log(.warning, key: "b", "b")
        #expect(lines.all == ["warning a", "warning b"])
    }

    @Test("However many keys there are, memory and lines are bounded")
    func bounded() {
        let lines = Lines()
        let admissionControl = admissionControl(lines)
        for key in 0..<10_000 { admissionControl.log(.warning, key: "\(key)", "failed") }
        #expect(lines.all.count == LogThrottle.maxKeys + 1)
        lines.pass(.seconds(10))
        for key in 0..<10_000 { admissionControl.log(.warning, key: "\(key)", "failed") }
        #expect(lines.all.count == 2 * (LogThrottle.maxKeys + 1))
    }
}
