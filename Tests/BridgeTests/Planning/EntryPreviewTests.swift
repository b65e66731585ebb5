import Loops
import RedisStreams
import Testing

@testable import Bridge
@testable import Destination

@Suite("What a bridge would make of an entry, told beforehand")
struct EntryPreviewTests {
    private func fate(_ event: String) throws -> EntryPreview.Fate {
        let configuration = BridgeConfiguration(
            redis: try RedisConfiguration(url: "redis://h"),
            loops: LoopsConfiguration(baseURL: "http://h", apiKey: "k", userAgent: "test"),
            instance: "i"
        )
        return EntryPreview(configuration, destination: .presets).fate(of: [StreamField("event", event)])
    }

    @Test("Delivered, ignored or dead-lettered, with the reason")
    func fates() throws {
        let update = EntryPreview.Request(method: "PUT", path: "contacts/update", mapping: "Create or update contact")
        #expect(try fate(#"{"type":"identify","userId":"u"}"#) == .delivered([update]))
        #expect(
            try fate(#"{"type":"page","userId":"u"}"#) == .ignored(why: "no mapping takes this event of type 'page'")
        )
        #expect(
            try fate(#"{"type":"trak","userId":"u"}"#)
                == .ignored(why: "no mapping takes this event of type 'trak'; did you mean 'track'?")
        )
        #expect(
            try fate(#"{"type":"identify","userId":"u","integrations":{"All":false}}"#)
                == .ignored(why: #"its integrations switch "Loops (Actions)" off"#)
        )
        for (event, why) in [
            ("{}", "has no 'type'"), (#"{"typ":"track"}"#, "has no 'type'"),
            (#"{"type":"track","event":"E"}"#, "userId"),
        ] {
            guard case .deadLettered(let reason) = try fate(event) else {
                Issue.record("taken: \(event)")
                continue
            }
            #expect(reason.contains(why), "\(reason)")
        }
    }
}
