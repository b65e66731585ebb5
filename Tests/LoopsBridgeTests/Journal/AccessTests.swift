import DevKit
import Testing

@testable import BridgeService
@testable import Support
@testable import loops_bridge

@Suite("Who may see what: tokens, and what guessing costs")
struct AccessTests {
    private let control = "control-0123456789"
    private let view = "view-0123456789abc"

    @Test("A token gives its own rights; none gives anyone's; a wrong one gives none at all")
    func access() {
        let tokens = AccessTokens(control: ControlToken(control), view: ControlToken(view))
        #expect(tokens.access(nil) == .anyone)
        #expect(tokens.access("Bearer \(view)") == .viewer && tokens.access("Bearer \(control)") == .controller)
        for wrong in ["", "Bearer", "Bearer x", "Basic \(view)", "Bearer \(view)x"] {
            #expect(tokens.access(wrong) == nil, "\(wrong)")
        }
        #expect(AccessTokens().access("Bearer \(view)") == nil && AccessTokens().access(nil) == .anyone)
        #expect(Access.anyone < .viewer && Access.viewer < .controller)
    }

    @Test("Wrong tokens wait longer and longer, up to a limit, and are forgotten in time")
    func delay() {
        var delay = WrongTokenDelay()
        var now = ContinuousClock.now
        var waits: [Duration] = []
        for _ in 0..<9 {
            waits.append(delay.wrong(now: now) ?? .zero)
            delay.ended()
            now += .seconds(1)
        }
        #expect(waits.prefix(4) == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800)])
        #expect(waits.last == WrongTokenDelay.longest)
        now += WrongTokenDelay.forgetting * 20
        #expect(delay.wrong(now: now) == WrongTokenDelay.shortest)
    }

    @Test("By dice: never more answers wait than may, no wait is longer than the longest, and the next one gets in")
    func random() {
        for seed in 1...20 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            var delay = WrongTokenDelay()
            var now = ContinuousClock.now
            var waiting = 0
            for _ in 0..<500 {
                now += .milliseconds(Int.random(in: 0...3000, using: &random))
                if Bool.random(using: &random) {
                    guard let wait = delay.wrong(now: now) else {
                        #expect(waiting == WrongTokenDelay.maxWaiting)
                        continue
                    }
                    waiting += 1
                    #expect(wait >= WrongTokenDelay.shortest && wait <= WrongTokenDelay.longest)
                } else if waiting > 0 {
                    waiting -= 1
                    delay.ended()
                }
                #expect(delay.waiting == waiting && waiting <= WrongTokenDelay.maxWaiting)
            }
        }
    }

    @Test("So many watch, and no more, until one goes")
    func watchers() {
        let limit = WatcherLimit()
        var seats = (0..<WatcherLimit.limit).compactMap { _ in limit.take() }
        #expect(seats.count == WatcherLimit.limit && limit.take() == nil)
        seats.removeLast()
        #expect(limit.take() != nil)
    }
}
