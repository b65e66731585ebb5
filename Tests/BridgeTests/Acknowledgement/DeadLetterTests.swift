import Loops
import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("DeadLetterFields: what is written in front of an entry's own fields")
struct DeadLetterTests {
    private func letter(_ faults: [DeliveryFailure]) -> DeadLetterFields {
        let end = EntryCompletion(
            stream: 0,
            id: .sample(7),
            partition: 1,
            size: 10,
            kind: .deadLettered(faults),
            attempts: 3,
            contact: "user-1",
            occurredAt: nil
        )
        return DeadLetterFields(end: end, faults: faults, stream: "segment:events", now: 1_700_000_000_123)
    }

    private func texts(_ letter: DeadLetterFields) -> [String] {
        letter.arguments.map { if case .string(let text) = $0 { text } else { "" } }
    }

    @Test("Names and values in turn, in the order that readers know")
    func order() {
        let fault = DeliveryFailure(
            reason: .refused,
            detail: "Loops refused it",
            mapping: "m",
            status: 400,
            answer: "No.",
            requestID: "req-1",
            idempotencyKey: "key-1"
        )
        #expect(
            texts(letter([fault])) == [
                "reason", "refused", "detail", "m: Loops refused it", "status", "400", "answer", "No.", "attempts", "3",
                "mapping", "m", "stream", "segment:events", "id", "7-0", "contact", "user-1", "requestId", "req-1",
                "idempotencyKey", "key-1", "traceId", "", "deadAt", "1700000000123",
            ]
        )
    }

    @Test("What there is none of is empty, so that every letter has the same fields")
    func empty() {
        let all = texts(letter([]))
        #expect(stride(from: 0, to: all.count, by: 2).map { all[$0] } == DeadLetter.fieldNames)
        #expect(all[1] == "" && all[5] == "" && all[7] == "")
    }

    @Test("Several faults share the letter: all are told, the first gives the reason")
    func several() {
        let all = texts(
            letter([
                DeliveryFailure(reason: .invalidFields, detail: "one", mapping: "a"),
                DeliveryFailure(reason: .refused, detail: "two", mapping: "b", status: 400, answer: "No."),
                DeliveryFailure(reason: .invalidEntry, detail: "three"),
            ])
        )
        #expect(all[1] == "invalidFields")
        #expect(all[3] == "a: one · b: two · three")
        #expect(all[11] == "a,b")
    }

    @Test("The detail is cut")
    func cut() {
        let long = String(repeating: "x", count: 1500)
        let faults = (0..<4).map { DeliveryFailure(reason: .invalidFields, detail: long, mapping: "m\($0)") }
        #expect(texts(letter(faults))[3].count == DeadLetterFields.maxDetail)
    }
}
