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

    /// Read as it is written, and told: for Segment it is something else.
    @Test(arguments: [
        ("type = 'track'", "column 8: it knows no texts in single quotes"),
        (#"event!="x""#, "column 6: it needs a blank on both sides"), ("traits.age>=18", "column 11: it needs a blank"),
        ("traits.age >=18", "column 12: it needs a blank"), ("traits.age>= 18", "column 11: it needs a blank"),
        (#"type = "x" or(event = "y")"#, "column 12: without a blank"),
        ("traits.and = 1", "column 1: it takes no names"),
        ("properties.a.null = 1", "column 1: it takes no names"), ("traits.-a = 1", "column 1: it takes no names"),
    ])
    func whatSegmentReadsOtherwise(_ text: String, _ warning: String) throws {
        let trigger = try Trigger(parsing: text)
        #expect(trigger.warnings.count == 1)
        #expect(
            trigger.warnings.allSatisfy { $0.hasPrefix("Segment reads this otherwise: \(warning)") },
            "\(trigger.warnings)"
        )
    }

    @Test func eachKindIsToldOnce() throws {
        #expect(try Trigger(parsing: "type='a' or event='b' or name = 'c'").warnings.count == 2)
        #expect(try Trigger(parsing: #"type = "a" or (event = "b" and contains(name, "c"))"#).warnings.isEmpty)
        #expect(try Trigger(parsing: #"traits.android = -1 and traits.nullable != "'""#).warnings.isEmpty)
    }

    @Test func functionsOfTypeAreLeftOut() throws {
        let trigger = try Trigger(parsing: #"type = "track" and !contains(type, "a")"#)
        #expect(trigger.matches(["type": "track"]))
        #expect(trigger.warnings.count == 1)
        #expect(try !Trigger(parsing: #"contains(type, "a")"#).matches(["type": "a"]))
        #expect(try !Trigger(parsing: #"(contains(type, "a"))"#).matches(["type": "a"]))
    }
}
