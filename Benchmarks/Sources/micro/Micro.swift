import JSON

/// Times the small things: microseconds for one call, the median of several rounds.
@main
enum Micro {
    static func main() throws {
        let event = Array(
            #"""
            {"type":"track","messageId":"ajs-7f3c9b1e0d2a4c5f8e6b","userId":"user-4711","anonymousId":"2f1d7c3a-9b4e-4f6a","event":"Order Completed","timestamp":"2026-11-23T10:11:12.345Z","context":{"library":{"name":"analytics.js","version":"2.11.1"},"ip":"203.0.113.7","locale":"en-US","page":{"path":"/checkout","url":"https://shop.example.com/checkout"}},"properties":{"email":"ann@example.com","total":129.95,"currency":"EUR","items":3,"coupon":null}}
            """#.utf8
        )
        let value = try JSONParser.parse(event)
        print("event: \(event.count) bytes")
        report("parse") { (try? JSONParser.parse(event)) != nil }
        report("write") { !value.serialized().isEmpty }
    }

    private static func report(_ name: String, _ body: () -> Bool) {
        let clock = ContinuousClock()
        let calls = 20_000
        var rounds: [Double] = []
        for _ in 0..<9 {
            var good = 0
            let took = clock.measure { for _ in 0..<calls where body() { good += 1 } }
            precondition(good == calls, "\(name) failed")
            let (seconds, attoseconds) = took.components
            rounds.append((Double(seconds) + Double(attoseconds) / 1e18) / Double(calls) * 1e6)
        }
        let median = rounds.sorted()[rounds.count / 2]
        let text = String(Int((median * 100).rounded()))
        let digits = String(repeating: "0", count: max(0, 3 - text.count)) + text
        print("\(name): \(digits.dropLast(2)).\(digits.suffix(2)) µs")
    }
}
