package import JSON

/// A Liquid template over an event, as Segment's `@liquid` directive renders it.
///
/// Segment renders with liquidjs 10; where Liquid dialects differ, liquidjs is followed, including its JavaScript
/// conversions. A template is parsed once into typed nodes. It has no loops, so a rendering visits every node at most once;
/// ``LiquidLimits`` bound what the filters make. Differences from Segment, all found at load and none silent:
/// disabled tags and filters and wrong argument counts are refused even in branches that never run; `sample` is refused
/// because a redelivered event has to give the same request.
package struct LiquidTemplate: Sendable {
    /// The template's text.
    package let text: String
    /// Filter names that liquidjs does not know. They pass their input through, as in Segment; a check should warn.
    package let unknownFilters: [String]
    /// Why the zones that the template names as texts cannot be used, one sentence each. Events whose date is none do
    /// not notice; a check should refuse it all the same.
    package let zoneFaults: [String]
    /// Whether a tag holds a text without its closing quote, which then loses its last character; a check should warn.
    package let hasOpenText: Bool

    private let source: LiquidSource
    private let nodes: [LiquidNode]
    private let limits: LiquidLimits
    private let clock: LiquidClock
    private let zones: ZoneDirectory

    /// Parses a template.
    ///
    /// - Parameters:
    ///   - text: The template, at most 1,000 UTF-16 units.
    ///   - limits: Bounds for the template and for each rendering.
    ///   - clock: Tells `"now" | date` the time.
    ///   - zones: Knows the zones that `date` is given.
    package init(
        parsing text: String,
        limits: LiquidLimits = LiquidLimits(),
        clock: LiquidClock = .system,
        zones: ZoneDirectory = .system
    ) throws(LiquidError) {
        let source = LiquidSource(text)
        guard source.units.count <= limits.templateUnits else {
            throw source.error(
                .limit,
                at: limits.templateUnits,
                "the template has \(source.units.count) characters, at most \(limits.templateUnits) are allowed",
                hint: "split it over several fields, or shorten it"
            )
        }
        var parser = LiquidParser(source: source, limits: limits)
        self.nodes = try parser.parse()
        self.unknownFilters = parser.unknownFilters
        self.hasOpenText = parser.hasOpenText
        self.zoneFaults = parser.zoneNames.compactMap { name in
            do throws(LiquidFault) {
                _ = try LiquidZone(named: name, in: zones)
                return nil
            } catch {
                return "\(error.reason); \(error.hint ?? "")"
            }
        }
        self.text = text
        self.source = source
        self.limits = limits
        self.clock = clock
        self.zones = zones
    }

    /// Renders the template against an event. Missing values print nothing.
    package func render(_ event: JSONValue) throws(LiquidError) -> String {
        var event = event
        return try render(updating: &event)
    }

    /// Renders the template against an event, and leaves in it what `increment` and `decrement` count, as liquidjs does: the next
    /// template, or path, of the same mapping finds it there.
    func render(updating event: inout JSONValue) throws(LiquidError) -> String {
        var renderer = LiquidRenderer(event: event, source: source, limits: limits, clock: clock, zones: zones)
        try renderer.render(nodes)
        if !renderer.counters.isEmpty, case .object(var object) = event {
            for (name, count) in renderer.counters.sorted(by: { $0.key < $1.key }) {
                object[name] = Int64(exactly: count).map(JSONValue.int) ?? .double(count)
            }
            event = .object(object)
        }
        return renderer.output.string
    }
}
