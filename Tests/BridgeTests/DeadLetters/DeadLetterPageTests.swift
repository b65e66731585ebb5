import RedisStreams
import StreamGroups
import Testing

@testable import Operations

@Suite("DeadLetterPage: letters of several boxes, page by page, each once")
struct DeadLetterPageTests {
    /// A box as the desk reads it: the newest first, in batches, until there are enough.
    private func part(_ ids: [UInt64], before: StreamID?, batch: Int, limit: Int) throws -> DeadLetterPage.Part {
        var part = DeadLetterPage.Part()
        let all = ids.map { StreamID.sample($0) }.filter { id in before.map { id < $0 } ?? true }.sorted(by: >)
        for start in stride(from: 0, to: all.count, by: batch) {
            let some = all[start..<min(start + batch, all.count)]
            part.letters += try some.map { try DeadLetter.sample($0) }
            part.looked += some.count
            if part.letters.count > limit {
                part.reach = some.last ?? .zero
                break
            }
        }
        return part
    }

    @Test("However the boxes are cut, all pages together are all letters, in order", arguments: 1...40)
    func pages(seed: UInt64) throws {
        var random = seed
        func number(_ most: UInt64) -> UInt64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (random >> 33) % most
        }
        // Few IDs, so that boxes share some.
        let boxes = (0..<3).map { _ in Array(Set((0..<number(30)).map { _ in number(60) + 1 })) }
        let limit = Int(number(7)) + 1
        var seen: [StreamID] = []
        var before: StreamID?
        for _ in 0..<200 {
            let batch = Int(number(5)) + 1
            let page = DeadLetterPage(
                try boxes.map { try part($0, before: before, batch: batch, limit: limit) },
                limit: limit
            )
            seen += page.letters.map(\.id)
            guard let next = page.next else { break }
            #expect(before.map { next < $0 } ?? true, "a page further on")
            before = next
        }
        #expect(seen == boxes.joined().map { StreamID.sample($0) }.sorted(by: >))
    }

    @Test(
        "A box that was not looked through holds back what stands below; without any letter there is a next page all the same"
    )
    func floor() throws {
        let first = DeadLetterPage.Part(letters: [try .sample(.sample(9)), try .sample(.sample(2))], looked: 2)
        let second = DeadLetterPage.Part(letters: [], reach: .sample(5), looked: 2000)
        let page = DeadLetterPage([first, second], limit: 10)
        #expect(page.letters.map(\.id) == [.sample(9)] && page.next == .sample(5) && page.looked == 2002)
        let empty = DeadLetterPage([second], limit: 10)
        #expect(empty.letters.isEmpty && empty.next == .sample(5))
        #expect(DeadLetterPage([], limit: 10).next == nil)
    }
}
