import RedisStreams
import Testing

@testable import Bridge

@Suite("OrderWatch: sees an end that comes after a later one of its contact")
struct OrderWatchTests {
    private func end(_ number: UInt64, _ contact: String = "a", partition: Int = 0) -> EntryCompletion {
        EntryCompletion(
            stream: 0,
            id: .sample(number),
            partition: partition,
            tenure: partition,
            size: 10,
            kind: .delivered,
            attempts: 1,
            contact: contact,
            occurredAt: nil
        )
    }

    @Test("Ends in order are fine, also of many contacts in turn; the same end twice is a repetition")
    func inOrder() {
        var watch = OrderMonitor()
        for number in 1...20_000 { watch.observe(end(UInt64(number), "contact-\(number % 7919)")) }
        watch.observe(end(20_000, "contact-\(20_000 % 7919)"))
        #expect(watch.takeFound().count == 0)
    }

    @Test("Two contacts that look the same and differ in bytes have nothing to do with each other")
    func byBytes() {
        var watch = OrderMonitor()
        watch.observe(end(2, "\u{e9}"))
        watch.observe(end(1, "e\u{301}"))
        #expect(watch.takeFound().count == 0)
    }

    @Test("An earlier entry that ends later is told once, with what it came after")
    func outOfOrder() {
        var watch = OrderMonitor()
        for number in [1, 3, 2, 4] { watch.observe(end(UInt64(number))) }
        watch.observe(end(1, "b"))
        let (count, last) = watch.takeFound()
        #expect(count == 1)
        #expect(last == .init(contact: "a", partition: 0, id: .sample(2), after: .sample(3)))
        #expect(watch.takeFound().count == 0 && watch.takeFound().last == nil)
    }

    @Test("What is read again in a new tenure may end again; other partitions are still watched")
    func newTenure() {
        var watch = OrderMonitor()
        watch.observe(end(5, "a", partition: 1))
        watch.observe(end(5, "b", partition: 2))
        watch.begin(1)
        watch.observe(end(1, "a", partition: 1))
        #expect(watch.takeFound().count == 0)
        watch.observe(end(1, "b", partition: 2))
        #expect(watch.takeFound().count == 1)
    }

    @Test("A contact that comes to rest at an older entry than it had ended with was stepped over")
    func leftBehind() {
        var watch = OrderMonitor()
        watch.observe(end(44))
        watch.begin(0)
        watch.observe(end(28))
        func look(_ isIdle: Bool = true, position: UInt64 = 50) {
            watch.look(at: 0, isIdle: isIdle, position: .sample(position))
        }
        for _ in 0..<9 { look(false) }
        for _ in 0..<9 { look(position: 40) }
        #expect(watch.takeBehind().isEmpty, "the rest may still come")
        for _ in 0..<OrderMonitor.looks + 2 { look() }
        let behind = watch.takeBehind()
        #expect(watch.takeFound().count == 0, "Redis may have lost the later one as well")
        watch.confirm(behind)
        let (count, last) = watch.takeFound()
        #expect(count == 1 && last == .init(contact: "a", partition: 0, id: .sample(28), after: .sample(44)))
    }

    @Test("A suffix that comes again to its end is in order")
    func wholeSuffix() {
        var watch = OrderMonitor()
        watch.observe(end(44))
        watch.begin(0)
        for number in 28...44 { watch.observe(end(UInt64(number))) }
        for _ in 0..<9 { watch.look(at: 0, isIdle: true, position: .sample(50)) }
        #expect(watch.takeFound().count == 0 && watch.takeBehind().isEmpty)
    }

    @Test("The end of an earlier tenure is not watched: its entry comes again")
    func fetchPlanner() {
        var fetchPlanner = FetchPlanner(partitions: 2)
        func ended(_ number: UInt64, tenure: Int) {
            _ = fetchPlanner.admit(.sample(number), partition: 0, bytes: 10)
            var end = end(number)
            end.tenure = tenure
            fetchPlanner.ended(end)
        }
        fetchPlanner.open(0, tenure: 1)
        ended(5, tenure: 1)
        ended(4, tenure: 1)
        #expect(fetchPlanner.takeViolations().count == 1)
        fetchPlanner.close(0)
        fetchPlanner.open(0, tenure: 2)
        ended(3, tenure: 1)
        ended(1, tenure: 2)
        #expect(fetchPlanner.takeViolations().count == 0)
    }
}
