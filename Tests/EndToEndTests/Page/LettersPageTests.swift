import Bridge
import Destination
import DevKit
import JSON
import LoopsSimulator
import RedisStreams
import Testing

@testable import BridgeService
@testable import loops_bridge

extension Browser {
    func signIn(_ token: String) async throws {
        _ = try await run(
            """
            document.getElementById('token').value = '\(token)';
            document.querySelector('#sign-in button').click();
            """
        )
    }

    func click(_ selector: String) async throws { _ = try await run("document.querySelector('\(selector)').click()") }

    /// Waits until an element of a view has a text.
    func until(_ id: String, has text: String) async throws {
        try await until("document.getElementById('\(id)').textContent.includes('\(text)')")
    }
}

@Suite("The page's dead letters, in Chromium", .tags(.servers), .serialized, .timeLimit(.minutes(5)))
struct LettersPageTests {
    /// Without a name: no mapping can send it.
    private static let bad =
        #"{"type":"track","messageId":"m-bad","userId":"user-secret","properties":{"x":"payload"}}"#
    private static let hasRows = "document.querySelectorAll('#letters-rows tr').length"

    private static func broken() throws -> Destination {
        let text =
            #"{"mappings":[{"action":"sendEvent","mapping":{"eventName":{"@path":"$.nothing"},"userId":{"@path":"$.userId"}}}]}"#
        return try Destination(file: "m.json", bytes: Array(text.utf8))
    }

    @Test("Reason and hash for anyone; with the token what it holds and why; nothing of it stays after signing out")
    func letters() async throws {
        try await Harness.page { harness, browser in
            try await harness.publish([Array(Self.bad.utf8)] + Harness.events(4))
            await harness.bridge.confirmedEnds.reached(5)
            try await browser.click(##".views a[href="#dead"]"##)
            try await browser.until("\(Self.hasRows) === 1")
            let anyone = try await browser.run("return document.documentElement.outerHTML").stringValue ?? ""
            #expect(anyone.contains("invalidFields") && !anyone.contains("user-secret") && !anyone.contains("payload"))

            try await browser.signIn("wrong-token-of-tests")
            try await browser.until("sign-in-note", has: "The token is none")
            try await browser.signIn(Harness.viewToken)
            try await browser.until("letters-rows", has: "user-secret")
            #expect(try await browser.run("return document.getElementById('bulk-title').checkVisibility()") == false)
            try await browser.click("#letters-rows a")
            try await browser.until("letter-body", has: "payload")
            let letter = try await browser.text("letter-body")
            for text in ["eventName is missing", "Send event", "loops-bridge dead replay --id "] {
                #expect(letter.contains(text), "\(text): \(letter)")
            }
            #expect(try await browser.run("return document.activeElement.id") == "letter-title")
            for (filter, value, count) in [("reason", "refused", 0), ("reason", "", 1), ("age", "olderThan 1d", 0)] {
                _ = try await browser.run(
                    "const s = document.getElementById('letters-\(filter)'); s.value = '\(value)'; s.dispatchEvent(new Event('change'))"
                )
                try await browser.until("\(Self.hasRows) === \(count)")
            }
            try await browser.click("#sign-out")
            try await browser.until("document.getElementById('signed-in').hidden")
            let after = try await browser.run("return document.documentElement.outerHTML").stringValue ?? ""
            #expect(!after.contains("user-secret") && !after.contains("payload"))
            // The refused token is told by the browser itself, and nothing else is.
            #expect(try await browser.console().filter { !$0.contains("401") } == [])
        }
    }

    @Test("A dead letter is replayed from the page, behind a proxy's path, with a reason, and seen delivered")
    func replay() async throws {
        let broken = try Self.broken()
        try await Harness.page { harness, browser in
            harness.bridge.reload(broken)
            try await harness.publish(Harness.events(2))
            await harness.bridge.confirmedEnds.reached(2)
            harness.bridge.reload(.presets)
            try await harness.withPage(port: FreePort.take()) { url in
                let proxy = PathProxy(target: url)
                proxy.showEvents()
                try await proxy.run(port: FreePort.take()) { address in
                    try await browser.open(address + "#dead")
                    try await browser.until("\(Self.hasRows) === 1")
                    try await browser.signIn(Harness.controlToken)
                    try await browser.until("!document.getElementById('signed-in').hidden")
                    try await browser.until("letters-rows", has: "user-19")
                    try await browser.click("#letters-rows a")
                    try await browser.until("document.querySelector('#letter-body [data-action=replay]') !== null")
                    try await browser.click("#letter-body [data-action=replay]")
                    try await browser.until("letter-body", has: "1 dead letter would be replayed")
                    // Not without a reason.
                    try await browser.click("#letter-body [data-confirm=replay]")
                    try await browser.until("document.activeElement.getAttribute('aria-invalid') === 'true'")
                    #expect(try await harness.deadLetters().count == 1)
                    _ = try await browser.run("document.activeElement.value = 'the mapping is mended'")
                    try await browser.click("#letter-body [data-confirm=replay]")
                    try await browser.until("letter-body", has: "goes on as")
                    await harness.bridge.confirmedEnds.reached(3)
                    try await browser.click("#letter-body .said a")
                    try await browser.until("event-body", has: "POST events/send")
                    #expect(try await browser.text("event-body").contains("delivered"))
                    #expect(harness.simulator.effects().filter(\.isPrincipal).last?.operation == .sendEvent)
                    #expect(try await harness.deadLetters().isEmpty)
                    #expect(try await browser.console() == [])
                }
            }
        }
    }

    @Test("Many at once, after a dry run, page by page; the overtaken ones are named")
    func bulk() async throws {
        let broken = try Self.broken()
        // The brake would stop what this needs.
        try await Harness.page(change: { $0.brakes = false }) { harness, browser in
            harness.bridge.reload(broken)
            let tracks = Harness.events(260, contacts: 130).enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
            try await harness.publish(tracks)
            await harness.bridge.confirmedEnds.reached(130)
            harness.bridge.reload(.presets)
            // A newer event of one of them.
            try await harness.publish(Array(tracks.suffix(1)))
            await harness.bridge.confirmedEnds.reached(131)
            _ = try await browser.run("location.hash = '#dead'")
            try await browser.until("\(Self.hasRows) === 50")
            for count in [50, 30] {
                let first = try await browser.text("letters-rows")
                try await browser.click("#letters-older")
                try await browser.until(
                    "\(Self.hasRows) === \(count) && document.getElementById('letters-rows').innerText !== `\(first)`"
                )
            }
            try await browser.signIn(Harness.controlToken)
            try await browser.until("document.querySelector('#letters-bulk [data-action=replay]') !== null")
            try await browser.click("#letters-bulk [data-action=replay]")
            try await browser.until("letters-bulk", has: "dead letters would be replayed")
            let plan = try await browser.text("letters-bulk")
            #expect(plan.contains("newer events of this contact were delivered meanwhile"), "\(plan)")
            let left = try await harness.client.range("{\(Harness.stream)}:dead", count: 200).count
            #expect(left == 130)
            _ = try await browser.run("document.querySelector('#letters-bulk input').value = 'mended'")
            try await browser.click("#letters-bulk [data-confirm=replay]")
            try await browser.until("letters-bulk", has: "dead letters replayed, ")
            // One contact's letters are overtaken, those of the others are delivered.
            let rest = try await harness.deadLetters().count
            #expect(1...4 ~= rest, "\(rest)")
            await harness.bridge.confirmedEnds.reached(131 + 130 - rest)
            try await browser.until("\(Self.hasRows) === \(rest)")
            #expect(try await browser.console() == [])
        }
    }

    @Test("It can be used by everybody: on a phone and wide, in light and dark, signed in with a letter open")
    func audit() async throws {
        try await Harness.page { harness, browser in
            try await harness.publish([Array(Self.bad.utf8)] + Harness.events(4))
            await harness.bridge.confirmedEnds.reached(5)
            _ = try await browser.run("location.hash = '#dead'")
            try await browser.signIn(Harness.controlToken)
            try await browser.until("letters-rows", has: "user-secret")
            for isOpen in [false, true] {
                if isOpen {
                    _ = try await browser.run("document.getElementById('access-box').open = true")
                    try await browser.click("#letters-rows a")
                    try await browser.until("letter-body", has: "payload")
                    try await browser.click("#letter-body [data-action=drop]")
                    try await browser.until("letter-body", has: "would be dropped")
                }
                for width in [390, 768, 1360] as [Int64] {
                    for scheme in [Browser.Scheme.light, .dark] {
                        try await browser.look(width: width, scheme)
                        let faults = try await browser.run(PageAudit.script)
                        #expect(faults == [], "\(width) \(scheme) \(isOpen): \(faults)")
                        if width != 768 {
                            try await browser.picture("letters-\(isOpen)-\(width)-\(scheme)", width: width, scheme)
                        }
                    }
                }
            }
            #expect(try await browser.console() == [])
        }
    }
}
