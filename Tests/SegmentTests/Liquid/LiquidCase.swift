import JSON
import Testing

@testable import Segment

/// One row of a table: a template, the event as JSON text, and what liquidjs prints.
struct LiquidCase: Sendable, CustomTestStringConvertible {
    let template: String
    let event: String
    let expected: String

    init(_ template: String, _ expected: String, event: String = "{}") {
        self.template = template
        self.event = event
        self.expected = expected
    }

    var testDescription: String { template }

    func check(clock: LiquidClock = .fixed, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let rendered = try LiquidTemplate(parsing: template, clock: clock).render(JSONParser.parse(event))
        #expect(rendered == expected, sourceLocation: sourceLocation)
    }
}

extension LiquidClock {
    /// 2023-10-12T10:11:12.345Z, a Thursday.
    static let fixed = LiquidClock { 1_697_105_472_345 }
}

/// The error that loading a template throws.
func liquidLoadError(_ template: String, limits: LiquidLimits = LiquidLimits()) -> LiquidError? {
    do {
        _ = try LiquidTemplate(parsing: template, limits: limits)
        return nil
    } catch {
        return error
    }
}

/// The error that rendering throws; a template that does not load fails the test.
func liquidRenderError(
    _ template: String,
    _ event: JSONValue = [:],
    limits: LiquidLimits = LiquidLimits()
) throws -> LiquidError? {
    let template = try LiquidTemplate(parsing: template, limits: limits)
    do throws(LiquidError) {
        _ = try template.render(event)
        return nil
    } catch {
        return error
    }
}
