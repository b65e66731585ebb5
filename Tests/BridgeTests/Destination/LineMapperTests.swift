import Bridge
import Destination
import JSON
import Testing

@Suite struct LineMapperTests {
    private func answer(_ line: String) -> JSONValue { LineMapper(destination: .presets).map(Array(line.utf8)) }

    @Test func aBareEventGetsOneResultForEachMapping() {
        let answer = answer(#"{"type":"track","event":"Signed Up","userId":"u"}"#)
        let body: JSONValue = ["eventName": "Signed Up", "userId": "u"]
        let request: JSONValue = ["method": "POST", "url": "https://app.loops.so/api/v1/events/send", "body": body]
        #expect(answer == ["results": [["matched": false], ["request": request]]])
    }

    @Test func anEventInAVectorMayStandAlone() {
        #expect(answer(#"{"event":{"type":"page"}}"#) == ["results": [["matched": false], ["matched": false]]])
    }

    @Test(arguments: [
        ("", "line"), ("{", "line"), ("[]", "line"), ("5", "line"), (#"{"event":{},"fql":5}"#, "line"),
        (#"{"event":{},"mappings":5}"#, "line"),
        (#"{"event":{},"fql":"type ="}"#, "trigger"), (#"{"event":{},"mapping":{"@x":1}}"#, "mapping"),
        (#"{"event":{},"mapping":{"@path":{"@path":"$.x"}}}"#, "mapping"),
    ])
    func faultsAreAnswers(line: String, kind: String) {
        #expect(answer(line)["error"]?["kind"] == .string(kind))
    }

    @Test func aTriggerThatCannotBeReadMatchesNothing() {
        #expect(answer(#"{"event":{},"fql":"type ="}"#)["matched"] == false)
        let line = #"{"event":{"type":"x"},"mappings":[{"partnerAction":"sendEvent","subscribe":"type"}]}"#
        #expect(answer(line)["results"]?.arrayValue?.first?["matched"] == false)
    }

    @Test func aBadMappingShowsOnlyWhereItsTriggerMatches() {
        func results(_ type: String) -> JSONValue? {
            answer(
                #"{"event":{"type":"\#(type)"},"mappings":[{"partnerAction":"sendEvent","mapping":{"userId":{"@x":1}}},{"partnerAction":"x"}]}"#
            )["results"]
        }
        #expect(results("page")?.arrayValue?.first == ["matched": false])
        #expect(results("track")?.arrayValue?.first?["error"]?["kind"] == "mapping")
        #expect(results("track")?.arrayValue?.last?["error"]?["kind"] == "mapping")
    }

    @Test func undefinedIsNoValue() {
        #expect(answer(#"{"event":{},"mapping":{"@path":"$.x"}}"#) == [:])
        #expect(answer(#"{"event":{"x":null},"mapping":{"@path":"$.x"}}"#) == ["value": nil])
    }

    @Test func mappingsInALineHaveALimit() {
        let mappings = Array(repeating: #"{"partnerAction":"sendEvent"}"#, count: 51).joined(separator: ",")
        #expect(answer(#"{"event":{},"mappings":[\#(mappings)]}"#)["error"]?["kind"] == "line")
    }
}
