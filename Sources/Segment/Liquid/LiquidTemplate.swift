public import JSON

/// A Liquid template over an event, as Segment's `@liquid` directive renders it.
///
/// Segment renders with liquidjs 10; where Liquid dialects differ, liquidjs is followed, including its JavaScript
/// conversions. A template is parsed once into typed nodes. It has no loops, so a rendering visits every node at most once;
/// ``LiquidLimits`` bound what the filters make. Differences from Segment, all found at load and none silent:
/// disabled tags and filters, unterminated strings and wrong argument counts are refused even in branches that never run;
/// `sample` is refused because a redelivered event has to give the same request, `sha256` and `hmac_sha256` because not
/// every liquidjs has them and the others would send the plain text.
public struct LiquidTemplate: Sendable {
    /// The template's text.
    public let text: String
    /// Filter names that liquidjs does not know. They pass their input through, as in Segment; a check should warn.
    public let unknownFilters: [String]

    private let source: LiquidSource
    private let nodes: [LiquidNode]
    private let limits: LiquidLimits
    private let clock: LiquidClock

    /// Parses a template.
    ///
    /// - Parameters:
    ///   - text: The template, at most 1,000 UTF-16 units.
    ///   - limits: Bounds for the template and for each rendering.
    ///   - clock: Tells `"now" | date` the time.
    public init(
        parsing text: String,
        limits: LiquidLimits = LiquidLimits(),
        clock: LiquidClock = .system
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
        self.text = text
        self.source = source
        self.limits = limits
        self.clock = clock
    }

    /// Renders the template against an event. Missing values print nothing.
    public func render(_ event: JSONValue) throws(LiquidError) -> String {
        var renderer = LiquidRenderer(event: event, source: source, limits: limits, clock: clock)
        try renderer.render(nodes)
        return renderer.output.string
    }
}
