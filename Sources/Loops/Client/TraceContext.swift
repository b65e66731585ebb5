/// Where an event stands in a distributed trace: a W3C trace context (`traceparent`, `tracestate`), checked strictly.
package struct TraceContext: Sendable, Equatable {
    /// 32 lower-case hexadecimal digits, not all of them 0.
    package let traceID: String
    /// The span that comes before: 16 lower-case hexadecimal digits, not all of them 0.
    package let spanID: String
    /// Whether the trace is recorded, and whether its ID is random. Other flags have no meaning yet and are not passed on.
    package let flags: UInt8
    /// What vendors add; empty when there is none, or when it is not of the form that it has to be.
    package let state: String

    /// The longest `tracestate` that is passed on, in bytes, and the most members of it.
    package static let maxStateLength = 512
    package static let maxStateMembers = 32
    private static let knownFlags: UInt8 = 0b11

    /// - Returns: nil when the text is no trace context, or one of a version that cannot be read.
    package init?(traceparent: String, tracestate: String? = nil) {
        let bytes = Array(traceparent.utf8)
        // version-trace-span-flags; a later version may have more behind it.
        guard bytes.count >= 55, bytes[2] == Self.dash, bytes[35] == Self.dash, bytes[52] == Self.dash,
            let version = Self.hexadecimal(bytes[0..<2]), version != "ff",
            version == "00" ? bytes.count == 55 : bytes.count == 55 || bytes[55] == Self.dash,
            let trace = Self.hexadecimal(bytes[3..<35]), let span = Self.hexadecimal(bytes[36..<52]),
            let flags = Self.hexadecimal(bytes[53..<55]).flatMap({ UInt8($0, radix: 16) }),
            trace.contains(where: { $0 != "0" }), span.contains(where: { $0 != "0" })
        else { return nil }
        self.init(traceID: trace, spanID: span, flags: flags & Self.knownFlags, state: Self.state(tracestate ?? ""))
    }

    private init(traceID: String, spanID: String, flags: UInt8, state: String) {
        self.traceID = traceID
        self.spanID = spanID
        self.flags = flags
        self.state = state
    }

    /// The same trace, one span further.
    /// - Parameter id: the new span's, drawn at random. 0 would be none and becomes 1.
    package func next(span id: UInt64) -> TraceContext {
        let digits = String(max(id, 1), radix: 16)
        let span = String(repeating: "0", count: 16 - digits.count) + digits
        return TraceContext(traceID: traceID, spanID: span, flags: flags, state: state)
    }

    /// As the header has it.
    package var traceparent: String { "00-\(traceID)-\(spanID)-0\(flags)" }

    private static let dash = UInt8(ascii: "-")

    private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String? {
        bytes.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
            ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// The text when every member of it is of the form that it has to be; else nothing.
    private static func state(_ text: String) -> String {
        guard !text.isEmpty, text.utf8.count <= maxStateLength else { return "" }
        let members = text.split(separator: ",", omittingEmptySubsequences: false)
        var keys: Set<Substring> = []
        guard members.count <= maxStateMembers else { return "" }
        for member in members {
            guard
                let match = member.wholeMatch(
                    of: /[ \t]*([a-z0-9][a-z0-9_\-*\/]{0,240}(@[a-z][a-z0-9_\-*\/]{0,13})?)=([ -~]{0,256})[ \t]*/
                ),
                !match.3.contains("="), keys.insert(match.1).inserted, match.3.last.map({ $0 != " " }) ?? false
            else { return "" }
        }
        return text
    }
}
