import DevKit
import JSON
import LoopsSimulator
import RedisStreams
import Testing

@testable import BridgeService
@testable import loops_bridge

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("What comes in over HTTP, on the page in Chromium", .tags(.servers), .serialized, .timeLimit(.minutes(5)))
struct IncomingPageTests {
    /// Waits until an element's text has this, whether it is open or not.
    private func until(_ browser: Browser, _ id: String, has text: String) async throws {
        try await browser.until("document.getElementById('\(id)').textContent.includes('\(text)')")
    }

    private func content(_ browser: Browser, _ id: String) async throws -> String {
        try await browser.run("return document.getElementById('\(id)').textContent").stringValue ?? ""
    }

    @Test("No intake is told; one that runs is drawn by key, library and reason; a killed one is silent, and ends")
    func incoming() async throws {
        try await Harness.page { harness, browser in
            try await until(browser, "incoming-note", has: "No intake has told anything")
            #expect(
                try await browser.run("return document.getElementById('incoming-figures').checkVisibility()") == false
            )
            try await browser.audit("incoming-none")
            let environment = ["INGEST_DROP": "page", "BRIDGE_INSTANCE": "intake-1"]
            try await IngestProgram.run(redis: harness.redis.url, environment: environment) { program in
                let events = Harness.events(40)
                #expect(await program.send(events) == 200)
                #expect(await program.send(events) == 200)
                let page = #"{"type":"page","userId":"u","context":{"library":{"name":"analytics-ruby"}}}"#
                #expect(await program.send([Array(page.utf8)]) == 200)
                try await until(browser, "incoming-note", has: "What one intake has done since it began")
                try await until(browser, "incoming-figures", has: "Dropped1")
                let figures = try await content(browser, "incoming-figures")
                #expect(figures.contains("Accepted40") && figures.contains("Duplicate40"))
                #expect(figures.contains("Held requestsnone"))
                _ = try await browser.run("document.getElementById('incoming-box').open = true")
                let body = try await content(browser, "incoming-body")
                for text in ["shop40401", "page (ingest.drop)1", "intake-1adds"] {
                    #expect(body.contains(text), "\(body)")
                }
                // Nothing of the key itself.
                #expect(!body.contains(IngestProgram.key))
                try await browser.audit("incoming-running")
                program.child.send(SIGKILL)
                try await until(browser, "incoming-body", has: "intake-1silent for")
                try await until(browser, "incoming-figures", has: "Held requestsunknown")
            }
            try await until(browser, "incoming-note", has: "No intake has told anything")
            #expect(try await browser.console() == [])
        }
    }

    @Test("While Redis does not answer, what comes in is unknown and not none")
    func unknown() async throws {
        try await Harness.page { harness, browser in
            try await until(browser, "incoming-note", has: "No intake")
            await harness.redis.stop(SIGKILL)
            try await until(browser, "incoming-note", has: "Unknown: Redis")
            try await harness.redis.start()
            try await until(browser, "incoming-note", has: "No intake")
            #expect(try await browser.console() == [])
        }
    }
}
