import Bridge
import DevKit
import JSON
import Loops
import Testing

@testable import loops_bridge

@Suite("The runbook, in Chromium", .tags(.servers), .serialized, .timeLimit(.minutes(5)))
struct RunbookPageTests {
    @Test("From the advice of a blocked bridge to its section and back, behind a proxy's path")
    func way() async throws {
        try await Harness.page(change: { $0.loops.apiKey = "wrong" }) { harness, browser in
            try await harness.publish(Harness.events(10))
            try await harness.withPage(port: FreePort.take()) { url in
                let proxy = PathProxy(target: url)
                proxy.showEvents()
                try await proxy.run(port: FreePort.take()) { address in
                    try await browser.open(address)
                    try await browser.until("document.body.dataset.state === 'blocked'")
                    try await browser.until("advice-document", has: "LoopsBridgeKeyRejected")
                    try await browser.click("#advice-document")
                    try await browser.until("document.body.className === 'runbook'")
                    let place = try await browser.run("return location.pathname + location.hash")
                    #expect(place == "/bridge/runbook#loopsbridgekeyrejected")
                    let section = "document.querySelector('section:target')"
                    #expect(
                        try await browser.run("return \(section).querySelector('h2').textContent")
                            == "LoopsBridgeKeyRejected"
                    )
                    #expect(
                        try await browser.run("return Math.abs(\(section).getBoundingClientRect().top) < 100") == true
                    )
                    try await browser.click(".top a")
                    try await browser.until("document.body.dataset.state === 'blocked'")
                    #expect(try await browser.run("return location.pathname") == "/bridge/")
                    #expect(try await browser.console() == [])
                }
            }
        }
    }

    @Test("It has no script, needs nothing from elsewhere, and can be used by everybody: light, dark, phone, wide")
    func audit() async throws {
        try await Harness.page { _, browser in
            let address = try await browser.run("return location.href").stringValue ?? ""
            try await browser.open(address + "runbook#loopsbridgeredisdown")
            #expect(try await browser.run("return document.querySelectorAll('script').length") == 0)
            let lost = try await browser.run(
                """
                return [...document.querySelectorAll("a")].filter((link) => link.hash && !document.getElementById(link.hash.slice(1)))
                  .map((link) => link.hash)
                """
            )
            #expect(lost == [])
            for width in [390, 1360] as [Int64] {
                for scheme in [Browser.Scheme.light, .dark] {
                    try await browser.look(width: width, scheme)
                    let faults = try await browser.run(PageAudit.script).arrayValue ?? []
                    // Nothing of it changes.
                    #expect(faults.filter { $0 != "not exactly one live region" } == [], "\(width) \(scheme)")
                    try await browser.picture("runbook-\(width)-\(scheme)", width: width, scheme)
                }
            }
            #expect(try await browser.console() == [])
        }
    }
}
