import Testing

@testable import Loops

@Suite("Trace context: W3C's, strictly")
struct TraceContextTests {
    private let trace = "0af7651916cd43dd8448eb211c80319c"
    private let span = "b7ad6b7169203331"

    @Test("It reads what the standard says, and writes the same trace with another span")
    func good() throws {
        let context = try #require(TraceContext(traceparent: "00-\(trace)-\(span)-01", tracestate: "a=1,b@c=x y"))
        #expect(context.traceID == trace && context.spanID == span && context.flags == 1)
        #expect(context.state == "a=1,b@c=x y")
        #expect(context.traceparent == "00-\(trace)-\(span)-01")
        #expect(context.next(span: 0xABC).traceparent == "00-\(trace)-0000000000000abc-01")
        #expect(context.next(span: .max).spanID == "ffffffffffffffff")
        #expect(context.next(span: 0).spanID == "0000000000000001", "0 would be no span")
        #expect(context.next(span: 1).state == context.state)
    }

    @Test("Later versions are read as this one; flags without a meaning are not passed on")
    func later() throws {
        #expect(
            TraceContext(traceparent: "cc-\(trace)-\(span)-01-what-will-be")?.traceparent == "00-\(trace)-\(span)-01"
        )
        #expect(TraceContext(traceparent: "cc-\(trace)-\(span)-01") != nil)
        #expect(TraceContext(traceparent: "cc-\(trace)-\(span)-01.what") == nil)
        #expect(TraceContext(traceparent: "00-\(trace)-\(span)-ff")?.flags == 3)
    }

    @Test("Anything else is none")
    func bad() {
        let zeros = String(repeating: "0", count: 32)
        for text in [
            "", "00", "00-\(trace)-\(span)", "00-\(trace)-\(span)-1", "00-\(trace)-\(span)-01-",
            "00-\(trace)-\(span)-01 ",
            " 00-\(trace)-\(span)-01", "ff-\(trace)-\(span)-01", "0-\(trace)-\(span)-01", "00-\(zeros)-\(span)-01",
            "00-\(trace)-0000000000000000-01", "00-\(trace.uppercased())-\(span)-01", "00_\(trace)_\(span)_01",
            "00-\(trace)-\(span)-0g", "00-\(trace.dropLast())ä-\(span)-01", "00-\(trace)-\(span)-01\r\nx: y",
        ] {
            #expect(TraceContext(traceparent: text) == nil, "\(text)")
        }
    }

    @Test("A state that is not of the form is left out as a whole, and the trace goes on")
    func states() {
        func state(_ text: String) -> String? {
            TraceContext(traceparent: "00-\(trace)-\(span)-00", tracestate: text)?.state
        }
        #expect(state("vendor=value") == "vendor=value")
        #expect(state("a=1, b=2") == "a=1, b=2")
        for text in [
            "A=1", "a", "=1", "a=", "a=1,a=2", "a=1,,b=2", "a=b=c", "a=ä", "a=1\r\nx: y", "a=x ",
            (0..<33).map { "k\($0)=1" }.joined(separator: ","), "a=" + String(repeating: "x", count: 511),
        ] {
            #expect(state(text) == "", "\(text)")
        }
        #expect(state((0..<32).map { "k\($0)=1" }.joined(separator: ","))?.isEmpty == false)
    }
}
