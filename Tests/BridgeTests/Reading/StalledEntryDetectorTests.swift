import RedisStreams
import Testing

@testable import Bridge

@Suite("A pending entry that nobody reads is found")
struct UnreadWatchTests {
    @Test("The same oldest entry, look after look, with nothing in hand: all is read again")
    func finds() {
        var watch = StalledEntryDetector()
        let advice = (0..<12).map { _ in watch.observe(oldest: .sample(1), isIdle: true) }
        #expect(advice.indices.filter { advice[$0] } == [5, 10])
    }

    @Test("Progress, something in hand, or nothing pending begins anew")
    func quiet() {
        var watch = StalledEntryDetector()
        for look in 0..<40 {
            let oldest: StreamID? = look % 4 == 3 ? nil : .sample(1)
            let isAdvised = watch.observe(oldest: oldest, isIdle: true)
            #expect(!isAdvised)
        }
        for look in 0..<40 {
            let isAdvised = watch.observe(oldest: .sample(1), isIdle: look % 5 > 0)
            #expect(!isAdvised)
        }
        for look in 1...40 {
            let isAdvised = watch.observe(oldest: .sample(UInt64(look)), isIdle: true)
            #expect(!isAdvised)
        }
    }
}
