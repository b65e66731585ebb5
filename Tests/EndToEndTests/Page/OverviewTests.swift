import Bridge
import DevKit
import JSON
import Loops
import LoopsSimulator
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("The overview at 3 a.m., in Chromium", .tags(.servers), .serialized, .timeLimit(.minutes(5)))
struct OverviewTests {
    @Test("Blocked: since when, what to do first and where it is written; the tab's title and sign tell it too")
    func blocked() async throws {
        try await Harness.page(change: { $0.loops.apiKey = "wrong" }) { harness, browser in
            let sign = try await browser.run("return document.querySelector('link[rel=icon]').href")
            try await harness.publish(Harness.events(40))
            try await browser.until("document.body.dataset.state === 'blocked'")
            try await browser.until("advice", has: "LOOPS_API_KEY")
            #expect(try await browser.text("advice-document") == "LoopsBridgeKeyRejected")
            #expect(
                try await browser.run("return document.getElementById('advice-document').getAttribute('href')")
                    == "runbook#loopsbridgekeyrejected"
            )
            #expect(try await browser.text("state-since").hasPrefix("since "))
            #expect(try await browser.run("return document.title") == "Blocked – loops-bridge")
            #expect(try await browser.run("return document.querySelector('link[rel=icon]').href") != sign)
            // Drawn from the samples, one every two seconds.
            try await browser.until("document.querySelector('#waiting-spark .blocked').getAttribute('d') !== ''")
            try await browser.audit("overview-blocked")
            #expect(try await browser.console() == [])
        }
    }

    @Test("Failures come first when something is wrong, and the group's dead letters are red")
    func failures() async throws {
        var simulation = SimulatorConfiguration.unlimited
        simulation.faults = [FaultRule("no", .respond(status: 400, .message("no"), .before), remaining: 30)]
        try await Harness.page(simulation: simulation) { harness, browser in
            try await browser.until("document.body.dataset.state === 'healthy'")
            let first = "document.querySelector('#view-overview h2').textContent"
            #expect(try await browser.run("return \(first)") == "Figures")
            try await harness.publish(Harness.events(40))
            await harness.bridge.confirmedEnds.reached(40)
            try await browser.until("document.body.dataset.state === 'degraded'")
            try await browser.until("\(first) === 'Recent failures'")
            try await browser.until("advice", has: "Dead letters")
            try await browser.until("document.querySelector('#streams .red') !== null")
            // The same failure of many contacts is one line.
            #expect(try await browser.run("return document.querySelectorAll('#failures tr').length") == 1)
            #expect(try await browser.text("settings-title") == "Settings in force, 1 of them set")
            try await browser.audit("overview-degraded")
            #expect(try await browser.console() == [])
        }
    }

    @Test("Paused and resumed where the stream stands, with a reason and the token; charts show it, and their values")
    func pause() async throws {
        try await Harness.page { harness, browser in
            try await harness.publish(Harness.events(40))
            await harness.bridge.confirmedEnds.reached(40)
            #expect(try await browser.run("return document.querySelector('#pause button').checkVisibility()") == false)
            try await browser.signIn(Harness.viewToken)
            try await browser.until("document.body.dataset.access === 'view'")
            #expect(try await browser.run("return document.querySelector('#pause button').checkVisibility()") == false)
            try await browser.click("#sign-out")
            try await browser.signIn(Harness.controlToken)
            try await browser.until("document.querySelector('#pause button').checkVisibility()")
            try await browser.click("#pause button")
            try await browser.until("document.activeElement.getAttribute('aria-invalid') === 'true'")
            _ = try await browser.run("document.activeElement.value = 'an import'")
            try await browser.click("#pause button")
            try await browser.until("pause", has: "Pause: done")
            try await browser.until("document.body.dataset.state === 'paused'")
            let why = try await browser.text("state-why")
            #expect(
                why.contains("was paused by the control token from 127.0.0.1 at 20") && why.hasSuffix(": an import")
            )
            try await browser.until("document.querySelector('#ends-spark .paused').getAttribute('d') !== ''")

            let value = "document.querySelector('#ends-spark').parentElement.querySelector('.value')"
            _ = try await browser.run("document.getElementById('ends-spark').focus()")
            try await browser.until("/^[0-9:]{8}: 0.0, paused$/.test(\(value).textContent)")
            _ = try await browser.run(
                """
                const svg = document.getElementById('ends-spark');
                const box = svg.getBoundingClientRect();
                svg.dispatchEvent(new PointerEvent('pointermove', { clientX: box.left + box.width / 2 }));
                """
            )
            #expect(try await browser.run("return \(value).hidden") == false)
            try await browser.audit("overview-paused")

            _ = try await browser.run("document.querySelector('#pause input').value = 'it is in'")
            try await browser.click("#pause button:last-of-type")
            try await browser.until("document.body.dataset.state === 'healthy'")
            #expect(try await browser.console() == [])
        }
    }
}
