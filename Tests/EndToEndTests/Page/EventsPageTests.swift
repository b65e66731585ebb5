import AsyncHTTPClient
import Bridge
import DevKit
import JSON
import LoopsSimulator
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("The page's events, in Chromium", .tags(.servers), .serialized, .timeLimit(.minutes(5)))
struct EventsPageTests {
    private static let page =
        #"{"type":"page","name":"Secret Page","messageId":"m-page","userId":"user-7","properties":{"x":"payload"}}"#
    private static let hasRows = "document.querySelectorAll('#events-rows tr').length"

    private func search(_ browser: Browser, _ text: String) async throws {
        _ = try await browser.run(
            """
            document.getElementById('events-query').value = '\(text)';
            document.querySelector('#events-filter button').click();
            """
        )
    }

    @Test("Search, event, explanation: with the token; without it nothing of the payload; a wrong one is refused")
    func way() async throws {
        try await Harness.page { harness, browser in
            try await harness.publish(Harness.events(30) + [Array(Self.page.utf8)])
            await harness.bridge.confirmedEnds.reached(31)
            _ = try await browser.run("document.querySelector('.views a[href=\"#events\"]').click()")
            try await browser.until("\(Self.hasRows) === 31")
            let anyone = try await browser.run("return document.documentElement.outerHTML").stringValue ?? ""
            for text in ["user-", "@example.com", "Secret Page", "Tested", "m-page"] {
                #expect(!anyone.contains(text), "\(text)")
            }

            try await browser.signIn("wrong-token-of-tests")
            try await browser.until("document.getElementById('sign-in-note').textContent.includes('The token is none')")
            #expect(try await browser.run("return sessionStorage.length") == 0)
            try await browser.signIn(Harness.viewToken)
            try await browser.until("!document.getElementById('signed-in').hidden")
            try await browser.until("document.getElementById('events-rows').textContent.includes('Secret Page')")

            try await search(browser, "m-1")
            try await browser.until("\(Self.hasRows) === 1")
            _ = try await browser.run("document.querySelector('#events-rows a').click()")
            try await browser.until("document.getElementById('event-body').textContent.includes('← ')")
            let event = try await browser.text("event-body")
            for text in ["Tested", "✓ Send event: POST events/send", "POST events/send", "user-19", "200"] {
                #expect(event.contains(text), "\(text): \(event)")
            }
            #expect(try await browser.run("return location.hash").stringValue?.hasPrefix("#events/") == true)
            #expect(try await browser.run("return document.activeElement.id") == "event-title")

            try await search(browser, "m-page")
            try await browser.until(
                "\(Self.hasRows) === 1 && document.getElementById('events-rows').textContent.includes('Secret')"
            )
            _ = try await browser.run("document.querySelector('#events-rows a').click()")
            try await browser.until(
                "document.getElementById('event-body').textContent.includes('Why nothing was sent')"
            )
            #expect(
                try await browser.text("event-body").contains(
                    "Send event: not type = \"track\": the event has \"page\""
                )
            )

            // What the token has shown goes with it.
            _ = try await browser.run("document.getElementById('sign-out').click()")
            try await browser.until("!document.getElementById('events-rows').textContent.includes('Secret')")
            let after = try await browser.run("return document.documentElement.outerHTML").stringValue ?? ""
            #expect(!after.contains("Secret Page") && !after.contains("payload"))
            // The refused token is told by the browser itself, and nothing else is.
            #expect(try await browser.console().filter { !$0.contains("401") } == [])
        }
    }

    @Test("New events come by themselves, through filters; the list is bounded")
    func live() async throws {
        try await Harness.page { harness, browser in
            _ = try await browser.run("location.hash = '#events'")
            try await browser.until("document.getElementById('events-note').textContent.includes('it remembers 0')")
            try await harness.publish(Harness.events(60))
            try await browser.until("\(Self.hasRows) === 60")
            _ = try await browser.run(
                "const s = document.getElementById('events-mapping'); s.value = 'Send event'; s.dispatchEvent(new Event('change'))"
            )
            try await browser.until("\(Self.hasRows) === 30")
            try await harness.publish(Harness.events(400, from: 60))
            try await browser.until("\(Self.hasRows) === 100")
            #expect(try await browser.console() == [])
        }
    }

    @Test("It can be used by everybody: on a phone and wide, in light and dark, signed in with an event open")
    func audit() async throws {
        try await Harness.page { harness, browser in
            try await harness.publish(Harness.events(40) + [Array(Self.page.utf8)])
            await harness.bridge.confirmedEnds.reached(41)
            _ = try await browser.run("location.hash = '#events'")
            try await browser.until("\(Self.hasRows) === 41")
            try await browser.signIn(Harness.viewToken)
            try await browser.until("document.getElementById('events-rows').textContent.includes('Secret')")
            for isOpen in [false, true] {
                if isOpen {
                    _ = try await browser.run("document.querySelector('#events-rows a').click()")
                    try await browser.until("document.getElementById('event-body').textContent.includes('Payload')")
                }
                for width in [390, 768, 1360] as [Int64] {
                    for scheme in [Browser.Scheme.light, .dark] {
                        try await browser.look(width: width, scheme)
                        let faults = try await browser.run(PageAudit.script)
                        #expect(faults == [], "\(width) \(scheme) \(isOpen): \(faults)")
                    }
                }
            }
            #expect(try await browser.console() == [])
        }
    }

    @Test("Off, the view says so and how to turn it on")
    func off() async throws {
        try await Harness.page(change: { $0.journalEntries = 0 }) { _, browser in
            _ = try await browser.run("location.hash = '#events'")
            try await browser.until("document.getElementById('events-note').textContent.includes('BRIDGE_JOURNAL')")
        }
    }
}
