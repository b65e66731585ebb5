import JSON
import Segment
import Testing

@Suite("The way through a mapping is told for one event")
struct ValueOriginTests {
    private static let event: JSONValue = ["traits": ["email": "a@b.c", "empty": ""], "event": "E"]

    @Test(arguments: [
        (#""Segment""#, #""Segment""#),
        (#"5"#, "5"),
        (#"{"@path":"$.traits.email"}"#, "@path $.traits.email"),
        (#"{"@template":"{{event}}!"}"#, #"@template "{{event}}!""#),
        (
            #"{"@if":{"exists":{"@path":"$.traits.email"},"then":{"@path":"$.traits.email"},"else":"x"}}"#,
            "@if then @path $.traits.email"
        ),
        (#"{"@if":{"exists":{"@path":"$.none"},"then":1,"else":{"@literal":"x"}}}"#, #"@if else @literal "x""#),
        (#"{"@if":{"exists":{"@path":"$.none"},"then":1}}"#, "@if, which has no 'else'"),
        (#"{"@if":{"exists":{"@path":"$.none"},"then":1,"else":""}}"#, "@if, which has no 'else'"),
        (#"{"@if":{"exists":{"@path":"$.event"},"else":1}}"#, "@if, which has no 'then'"),
        (#"{"@if":{"blank":{"@path":"$.traits.empty"},"then":1,"else":2}}"#, "@if else 2"),
        (#"{"@if":{"exists":{"@path":"$.traits.empty"},"then":1,"else":2}}"#, "@if then 1"),
        (#"{"@case":{"operator":"upper","value":{"@path":"$.event"}}}"#, "@case upper @path $.event"),
        (
            #"{"@replace":{"pattern":"a","replacement":"b","value":{"@path":"$.event"}}}"#,
            #"@replace "a" by "b" @path $.event"#
        ),
        (#"{"@json":{"mode":"encode","value":{"@path":"$.traits"}}}"#, "@json encode @path $.traits"),
        (#"{"@flatten":{"separator":".","value":{"@path":"$.traits"}}}"#, #"@flatten with "." @path $.traits"#),
        (#"{"a":{"@path":"$.event"}}"#, #"{"a":{"@path":"$.event"}}"#),
        (#"{"@path":{"@literal":"$.event"}}"#, #"@path @literal "$.event""#),
    ])
    func way(_ mapping: String, _ way: String) throws {
        let json = try JSONParser.parse(mapping)
        _ = try EventMapping(compiling: json)
        #expect(ValueOrigin(of: json, for: Self.event).description == way)
    }

    @Test("Nothing that is given may trap", arguments: ["null", #"{"@if":5}"#, #"{"@if":{}}"#, #"{"@x":1}"#, "[]"])
    func anything(_ mapping: String) throws {
        #expect(!ValueOrigin(of: try JSONParser.parse(mapping), for: Self.event).steps.isEmpty)
    }
}
