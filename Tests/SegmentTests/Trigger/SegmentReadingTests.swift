import JSON
import Segment
import Testing

/// Where Segment reads a trigger otherwise than it is written, its reading counts, and the writer is told.
@Suite struct SegmentReadingTests {
    @Test func aFunctionEndsItsGroup() throws {
        // Segment reads: type = "a" and (contains(event, "x")) or name = "b", and the last conjunction counts.
        let trigger = try Trigger(parsing: #"type = "a" and (contains(event, "x") or name = "b")"#)
        #expect(trigger.matches(["type": "c", "name": "b"]))
        #expect(trigger.warnings.count == 1)
    }

    @Test func aFunctionAtTheEndOfItsGroupChangesNothing() throws {
        let trigger = try Trigger(parsing: #"type = "a" and (name = "b" or contains(event, "x"))"#)
        #expect(!trigger.matches(["type": "c", "name": "b"]))
        #expect(trigger.matches(["type": "a", "event": "x"]))
        #expect(trigger.warnings.isEmpty)
    }

    @Test func whatSegmentCannotReadMeansWhatIsWritten() throws {
        let trigger = try Trigger(parsing: #"type = "a" and (name = "b" or (event = "x" and name != "d"))"#)
        #expect(trigger.matches(["type": "a", "event": "x"]))
        #expect(!trigger.matches(["type": "a", "event": "x", "name": "d"]))
        #expect(trigger.warnings.isEmpty)
    }

    @Test(arguments: [
        #"traits.age < "x""#, #"traits.age >= "x" and type = "track""#, #"type = "a" or (properties.n > null)"#,
        #"userId < true"#,
    ])
    func anOrderWithoutANumberIsReadAsItIsWritten(_ text: String) throws {
        #expect(try Trigger(parsing: text).warnings.isEmpty)
    }

    @Test func anOrderWithoutANumberMatchesNothing() throws {
        let trigger = try Trigger(parsing: #"traits.age < "x""#)
        #expect(!trigger.matches(["traits": ["age": 1]]))
        #expect(
            trigger.explain(["traits": ["age": 1]]).root
                == .condition(.init(text: "traits.age < NaN", isMet: false, found: 1))
        )
    }

    @Test func functionsOfTypeAreLeftOut() throws {
        let trigger = try Trigger(parsing: #"type = "track" and !contains(type, "a")"#)
        #expect(trigger.matches(["type": "track"]))
        #expect(trigger.warnings.count == 1)
        #expect(try !Trigger(parsing: #"contains(type, "a")"#).matches(["type": "a"]))
        #expect(try !Trigger(parsing: #"(contains(type, "a"))"#).matches(["type": "a"]))
    }
}
