import Bridge
import DevKit
import JSON
import LoopsSimulator
import RedisStreams
import StreamGroups
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("The page's mappings and replicas, in Chromium", .tags(.servers), .serialized, .timeLimit(.minutes(5)))
struct MappingsPageTests {
    /// Without a name: no mapping can send it.
    private static let bad =
        #"{"type":"track","messageId":"m-bad","userId":"user-secret","properties":{"x":"payload"}}"#

    private func attempt(_ browser: Browser, _ event: String) async throws {
        _ = try await browser.run(
            """
            document.getElementById('try-event').value = '\(event)';
            document.querySelector('#try button').click();
            """
        )
    }

    @Test("What each mapping did; with the token, what they would make of an event, and nothing is sent")
    func mappings() async throws {
        try await Harness.page { harness, browser in
            try await harness.publish([Array(Self.bad.utf8)] + Harness.events(4))
            await harness.bridge.confirmedEnds.reached(5)
            _ = try await browser.run("location.hash = '#mappings'")
            try await browser.until("mappings-rows", has: "Send event")
            let counts = try await browser.run(
                """
                return [...document.querySelectorAll('#mappings-rows tr')].map((row) =>
                  [...row.querySelectorAll('[data-label=Delivered], [data-label=Dead-lettered]')].map((cell) => cell.textContent).join(' '))
                """
            )
            #expect(counts == ["2 0", "2 1"])
            #expect(try await browser.run("return document.getElementById('try-title').checkVisibility()") == false)
            try await browser.signIn(Harness.viewToken)
            try await browser.until("document.getElementById('try-title').checkVisibility()")
            try await browser.until("mappings-rows", has: #"type = "track""#)
            let sent = harness.simulator.effects().count
            try await attempt(browser, #"{"type":"track","event":"Tried","userId":"u"}"#)
            try await browser.until("try-answer", has: "✓ Send event")
            #expect(try await browser.text("try-answer").contains(#""eventName": "Tried""#))
            #expect(try await browser.run("return document.activeElement.id") == "try-answer")
            try await attempt(browser, "no json")
            try await browser.until("try-answer", has: "is no JSON")
            #expect(harness.simulator.effects().count == sent)
            try await browser.click("#sign-out")
            try await browser.until("document.getElementById('signed-in').hidden")
            #expect(try await browser.run("return document.getElementById('try-event').value") == "")
            // The refusal is told by the browser itself, and nothing else is.
            #expect(try await browser.console().filter { !$0.contains("422") } == [])
        }
    }

    @Test("All members of the group, with what they own; one is drained from the page, with a reason, and comes back")
    func replicas() async throws {
        try await Harness.page { harness, browser in
            try await ReplicaTests.withReplica(harness) { _ in
                try await harness.owns(32)
                _ = try await browser.run("location.hash = '#replicas'")
                try await browser.until("document.querySelectorAll('#replicas-rows tr').length === 2")
                try await browser.until("totals", has: "64")
                try await browser.signIn(Harness.controlToken)
                try await browser.until("document.querySelector('#drain button').checkVisibility()")
                try await browser.click("#drain button")
                try await browser.until("document.activeElement.getAttribute('aria-invalid') === 'true'")
                #expect(!harness.bridge.isDrained)
                _ = try await browser.run("document.activeElement.value = 'new kernel'")
                try await browser.click("#drain button")
                try await browser.until("drain", has: "done")
                #expect(harness.bridge.isDrained)
                _ = try await browser.run("document.querySelector('#drain input').value = 'it is up'")
                try await browser.click("#drain button:last-of-type")
                try await browser.until("drain", has: "take part again: done")
                #expect(!harness.bridge.isDrained)
                #expect(try await browser.console() == [])
            }
        }
    }

    @Test("A replica that publishes an address has a link; what somebody else put into Redis for one is no link")
    func links() async throws {
        try await Harness.page { harness, browser in
            try await ReplicaTests.withReplica(
                harness,
                change: { $0.publicAddress = PublicAddress("http://127.0.0.1:9/second") }
            ) { second in
                try await harness.owns(32)
                let keys = harness.configuration.keys(of: harness.configuration.streams[0])
                let evil = RedisCommand(
                    "HSET",
                    [
                        .string(keys.addresses), "evil/1", "javascript:document.title='taken'", "worse/2",
                        .string("http://x/\"><img src=x onerror=\"document.title='taken'\">"),
                    ]
                )
                _ = try await harness.client.send(evil)
                let members = RedisCommand("HSET", [.string(keys.members), "evil/1", "1", "worse/2", "1"])
                _ = try await harness.client.send(members)
                _ = try await browser.run("location.hash = '#replicas'")
                try await browser.until("document.querySelectorAll('#replicas-rows tr').length === 4")
                try await browser.until("document.querySelectorAll('#replicas-rows a').length === 1")
                let link = "document.querySelector('#replicas-rows a')"
                #expect(try await browser.run("return \(link).href") == "http://127.0.0.1:9/second/#replicas")
                #expect(try await browser.run("return \(link).textContent") == "second")
                try await browser.until("replicas-note", has: "http.publicURL")
                #expect(try await browser.text("replicas-rows").contains("no address published"))
                let urls = second.status.streams[0].replicas.map { $0.address?.text }
                #expect(urls.compactMap(\.self) == ["http://127.0.0.1:9/second/"])
                #expect(try await browser.run("return document.title") != "taken")
                #expect(try await browser.run("return document.querySelectorAll('#replicas-rows img').length") == 0)
                #expect(try await browser.console() == [])
            }
        }
    }

    @Test("They can be used by everybody: on a phone and wide, in light and dark", arguments: ["mappings", "replicas"])
    func audit(view: String) async throws {
        try await Harness.page { harness, browser in
            try await harness.publish([Array(Self.bad.utf8)] + Harness.events(40))
            await harness.bridge.confirmedEnds.reached(41)
            _ = try await browser.run("location.hash = '#\(view)'")
            try await browser.signIn(Harness.controlToken)
            try await browser.until("document.querySelectorAll('#\(view)-rows tr').length > 0")
            try await browser.until("document.body.dataset.access === 'control'")
            if view == "mappings" {
                try await attempt(browser, Self.bad.replacing("type", with: "event\":\"Named\",\"type"))
                try await browser.until("try-answer", has: "✓ Send event")
            }
            for width in [390, 768, 1360] as [Int64] {
                for scheme in [Browser.Scheme.light, .dark] {
                    try await browser.look(width: width, scheme)
                    let faults = try await browser.run(PageAudit.script)
                    #expect(faults == [], "\(width) \(scheme): \(faults)")
                    if width != 768 { try await browser.picture("\(view)-\(width)-\(scheme)", width: width, scheme) }
                }
            }
            #expect(try await browser.console() == [])
        }
    }
}
