import RedisStreams
import Testing

@testable import Bridge

@Suite("OrderWatch: sees an end that comes after a later one of its contact")
struct OrderWatchTests {
    private func end(_ number: UInt64, _ contact: String = "a", partition: Int = 0) -> EntryEnd {
        EntryEnd(
            stream: 0,
            id: .sample(number),
            partition: partition,
            size: 10,
            kind: .delivered,
            attempts: 1,
            contact: contact,
            occurredAt: nil
        )
    }

    @Test("Ends in order are fine, also of many contacts in turn; the same end twice is a repetition")
    func inOrder() {
        var watch = OrderWatch()
        for number in 1...20_000 { watch.observe(end(UInt64(number), "contact-\(number % 7919)")) }
        watch.observe(end(20_000, "contact-\(20_000 % 7919)"))
        #expect(watch.takeFound().count == 0)
    }

    @Test("Two contacts that look the same and differ in bytes have nothing to do with each other")
    func byBytes() {
        var watch = OrderWatch()
        watch.observe(end(2, "\u{e9}"))
        watch.observe(end(1, "e\u{301}"))
        #expect(watch.takeFound().count == 0)
    }

    @Test("What is told to Redis once more, after a failover, ended in its turn the first time")
    func repetition() {
        var watch = OrderWatch()
        var letter = end(1)
        watch.observe(letter)
        watch.forgetAll()
        // Another entry of the contact ends before the partition is read again from its beginning.
        watch.observe(end(2))
        letter.isRepetition = true
        watch.observe(letter)
        #expect(watch.takeFound().count == 0)
    }

    @Test("An earlier entry that ends later is told once, with what it came after")
    func outOfOrder() {
        var watch = OrderWatch()
        for number in [1, 3, 2, 4] { watch.observe(end(UInt64(number))) }
        watch.observe(end(1, "b"))
        let (count, last) = watch.takeFound()
        #expect(count == 1)
        #expect(last == .init(contact: "a", partition: 0, id: .sample(2), after: .sample(3)))
        #expect(watch.takeFound().count == 0 && watch.takeFound().last == nil)
    }

    @Test("What is read again from the beginning may end again; other partitions are still watched")
    func forgotten() {
        var watch = OrderWatch()
        watch.observe(end(5, "a", partition: 1))
        watch.observe(end(5, "b", partition: 2))
        watch.forget(1)
        watch.observe(end(1, "a", partition: 1))
        #expect(watch.takeFound().count == 0)
        watch.observe(end(1, "b", partition: 2))
        #expect(watch.takeFound().count == 1)
        watch.forgetAll()
        watch.observe(end(1, "b", partition: 2))
        #expect(watch.takeFound().count == 0)
    }

    @Test("Intake forgets what it reads again, and nothing else", arguments: [false, true])
    func intake(isRewound: Bool) {
        var intake = Intake(partitions: 2)
        intake.open(0, tenure: 1)
        intake.watch(end(5))
        if isRewound { intake.rewind() }
        intake.watch(end(4))
        #expect(intake.takeViolations().count == (isRewound ? 0 : 1))
        intake.watch(end(6))
        intake.close(0)
        intake.open(0, tenure: 2)
        intake.watch(end(1))
        #expect(intake.takeViolations().count == 0)
    }
}
