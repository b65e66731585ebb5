package import JSON

/// A trigger in Segment's filter query language: which events a mapping is for.
///
/// Parsed once; asking it about an event does not allocate. Semantics are Segment's (docs/reference/mapping-language.md, "Triggers"; proved
/// by Tests/Vectors/fql.ndjson); what Segment would guess at is refused instead.
package struct Trigger: Sendable {
    /// The longest trigger, in UTF-8 bytes.
    package static let bytesMax = 10_000

    /// The text that was parsed.
    package let text: String
    /// What the writer of the trigger should know, one sentence each; empty for most triggers.
    package let warnings: [String]
    let node: TriggerNode

    /// - Throws: ``TriggerError`` with the column; the text never traps, whatever it holds.
    package init(parsing text: String) throws(TriggerError) {
        guard text.utf8.count <= Self.bytesMax else {
            throw TriggerError(column: 1, reason: "the trigger has more than \(Self.bytesMax) bytes", hint: nil)
        }
        let tokens = try TriggerLexer.tokens(of: text)
        var parser = TriggerParser(tokens)
        let written = try parser.trigger()
        let segments = SegmentReading.node(of: parser.items)
        self.text = text
        self.node = segments ?? written
        self.warnings =
            Self.warnings(items: parser.items, written: written, segments: segments)
            + SegmentSpelling.warnings(of: tokens)
    }

    /// Whether the event passes. Values that are not objects match nothing.
    package func matches(_ event: JSONValue) -> Bool {
        if case .object(let object) = event { node.matches(object) } else { false }
    }

    private static func warnings(
        items: [TriggerItem],
        written: TriggerNode,
        segments: TriggerNode?
    ) -> [String] {
        var warnings: [String] = []
        if let segments, segments != written {
            warnings.append(
                "Segment ends a group at the first ')' inside it, also at that of a function, and so does this bridge: "
                    + "write functions last in their group"
            )
        }
        if items.contains(.condition(nil, endsInParenthesis: true)) {
            warnings.append("Segment leaves out functions of 'type', and so does this bridge: compare it with = or !=")
        }
        return warnings
    }
}

/// Why a trigger was refused when it was loaded. The same text always fails again.
package struct TriggerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// 1-based, in Unicode scalars from the start of the trigger.
    package let column: Int
    /// What is wrong, as one sentence without the place.
    package let reason: String
    /// What to write instead, where that is known.
    package let hint: String?

    package var description: String {
        let place = "column \(column): \(reason)"
        return hint.map { "\(place); \($0)" } ?? place
    }
}
