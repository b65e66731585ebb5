import Bridge
import DevKit
import JSON
import Loops
import LoopsSimulator
import RedisStreams
import StreamGroups
import Testing

@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev

/// In a real browser, one after the other: each of them takes as much memory as everything else.
@Suite("The dashboard, in Chromium", .tags(.servers), .serialized, .timeLimit(.minutes(5)))
struct DashboardTests {
    private static let healthy = "document.body.dataset.state === 'healthy'"
    /// Some that are delivered, some that are dead-lettered, some that are retried first.
    private static var simulation: SimulatorConfiguration {
        var simulation = SimulatorConfiguration.unlimited
        simulation.faults = [
            FaultRule(
                "refused",
                .respond(status: 400, .message("user-3@example.com is refused"), .before),
                // Of 60 events: with three of them the state would not be healthy.
                remaining: 2
            ),
            FaultRule("down", .respond(status: 503, .message("down for a moment"), .before), remaining: 2),
        ]
        return simulation
    }

    private static func delivered(_ comparison: String) -> String {
        "parseInt(document.getElementById('ends-note').textContent.replace(/,/g, ''), 10) \(comparison)"
    }

    @Test("Numbers move while events flow; who owns what, failures and dead letters are there, and nobody's name")
    func flow() async throws {
        try await Harness.page(simulation: Self.simulation) { harness, browser in
            try await browser.until(Self.healthy)
            try await browser.until("document.getElementById('waiting').textContent === '0'")
            try await harness.publish(Harness.events(100))
            try await browser.until(Self.delivered(">= 90"))
            try await harness.publish(Harness.events(100, from: 100))
            try await browser.until(Self.delivered("=== 198"))
            try await browser.until("document.querySelectorAll('#dead dt').length === 1")
            #expect(try await browser.text("dead").contains("refused"))
            let failures = try await browser.text("failures")
            #expect(failures.contains("serverError") && failures.contains("503") && failures.contains("dead letter"))
            // Drawn from the history, which has a sample every two seconds.
            try await browser.until("document.querySelector('#ends-spark .line').getAttribute('d').includes('L')")
            let partitions = try await browser.text("partitions")
            #expect(partitions.contains("test (this replica)") && partitions.contains("64 partitions: 0–63"))
            #expect(try await browser.text("instance") == "test")
            let document = try await browser.run("return document.documentElement.outerHTML").stringValue ?? ""
            for name in ["user-3", "@example.com", TeamSeed.defaultKey] { #expect(!document.contains(name), "\(name)") }
            #expect(try await browser.console() == [])
        }
    }

    @Test("It can be used by everybody: names, order of headings, contrast in light and dark, on a phone and wide")
    func audit() async throws {
        var simulation = Self.simulation
        simulation.limiter.limit = 100
        // With a limit, so that the meter has a value.
        try await Harness.page(simulation: simulation, change: { $0.rateLimit = nil }) { harness, browser in
            try await harness.publish(Harness.events(60))
            try await browser.until(Self.healthy)
            try await browser.until("document.querySelectorAll('#failures tr').length > 1")
            try await browser.until("document.getElementById('budget').ariaValueNow !== null")
            _ = try await browser.run("document.getElementById('settings-box').open = true")
            for width in [360, 768, 1360] as [Int64] {
                for scheme in [Browser.Scheme.light, .dark] {
                    try await browser.look(width: width, scheme)
                    let faults = try await browser.run(PageAudit.script)
                    #expect(faults == [], "\(width) \(scheme): \(faults)")
                }
            }
            #expect(try await browser.console() == [])
        }
    }

    private static let planted = [
        ("document.documentElement.lang = ''", "no language"),
        ("document.getElementById('ends-note').style.color = '#999'", "contrast"),
        ("document.getElementById('ends-spark').removeAttribute('aria-label')", "picture without a text"),
        ("document.getElementById('freeze').textContent = ''", "no name"),
        (
            "const m = document.getElementById('budget'); m.hidden = false; m.removeAttribute('aria-valuenow')",
            "meter without a value"
        ),
        ("document.querySelector('h2').outerHTML = '<h4>x</h4>'", "skips a level"),
        ("document.getElementById('seen').style.minWidth = '2000px'", "sticks out"),
    ]

    @Test("The audit finds what is planted")
    func planted() async throws {
        try await Harness.page { _, browser in
            for (fault, found) in Self.planted {
                try await browser.until(Self.healthy)
                // In one go: the page may draw over it a second later.
                let script = "\(fault); return (() => { \(PageAudit.script) })();"
                let faults = try await browser.run(script).arrayValue ?? []
                #expect(faults.contains { $0.stringValue?.contains(found) ?? false }, "\(found): \(faults)")
                _ = try await browser.run("location.reload()")
                try await browser.until("document.readyState === 'complete'")
            }
        }
    }

    @Test("The keyboard reaches every control, and shows where it is; the page can be frozen")
    func keyboard() async throws {
        try await Harness.page(simulation: Self.simulation) { harness, browser in
            try await harness.publish(Harness.events(60))
            try await browser.until("\(Self.healthy) && !document.getElementById('failures-box').hidden")
            let wanted =
                try await browser.run(
                    """
                    return [...document.querySelectorAll("a[href], button, summary, [tabindex='0']")]
                      .filter((e) => e.checkVisibility()).length
                    """
                ).integerValue ?? 0
            #expect(wanted >= 7)
            var reached: Set<String> = []
            for _ in 0..<wanted {
                try await browser.tab()
                let at =
                    try await browser.run(
                        """
                        const e = document.activeElement;
                        const style = getComputedStyle(e);
                        return [e.id || e.textContent.trim(), style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2]
                        """
                    ).arrayValue ?? []
                reached.insert(at.first?.stringValue ?? "")
                #expect(at.last == true, "no visible focus on \(at)")
            }
            #expect(reached.count == Int(wanted), "\(reached)")

            _ = try await browser.run("document.getElementById('freeze').click()")
            let before = try await browser.text("ends-note")
            try await harness.publish(Harness.events(40, from: 60))
            await harness.bridge.confirmedEnds.reached(100)
            // Two more looks have come, and nothing was drawn.
            try await browser.until(
                "performance.now() > 0 && document.getElementById('seen').textContent.includes('frozen')"
            )
            #expect(try await browser.text("ends-note") == before)
            _ = try await browser.run("document.getElementById('freeze').click()")
            try await browser.until(Self.delivered("=== 98"))
        }
    }

    @Test("The page outlives the bridge: it says that the connection is lost, since when, and comes back by itself")
    func restart() async throws {
        let port = FreePort.take()
        try await Browser.run { browser in
            try await RedisServer.run { redis in
                try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                    let configuration = try Harness.configuration(redis: redis.url, loops: "\(ports.baseURL)/v1")
                    try await Harness.carry(configuration, redis, simulator) { harness in
                        try await harness.withPage(port: port) { url in
                            try await browser.open(url)
                            try await harness.publish(Harness.events(50))
                            try await browser.until("\(Self.healthy) && \(Self.delivered("=== 50"))")
                        }
                    }
                    try await browser.until("document.body.dataset.state === 'lost'")
                    #expect(try await browser.text("state-why").contains("last seen "))
                    #expect(try await browser.text("ends-note").contains("50 delivered"), "what was seen stays")
                    try await browser.picture("lost", width: 1360)
                    try await Harness.carry(configuration, redis, simulator) { harness in
                        try await harness.withPage(port: port) { _ in
                            try await browser.until("\(Self.healthy) && \(Self.delivered("=== 0"))")
                            try await harness.publish(Harness.events(30, from: 50))
                            try await browser.until(Self.delivered("=== 30"))
                        }
                    }
                }
            }
        }
    }

    @Test("A frozen page keeps its figures through a restart, and goes on telling the truth about the connection")
    func frozen() async throws {
        let port = FreePort.take()
        try await Browser.run { browser in
            try await RedisServer.run { redis in
                try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                    let configuration = try Harness.configuration(redis: redis.url, loops: "\(ports.baseURL)/v1")
                    try await Harness.carry(configuration, redis, simulator) { harness in
                        try await harness.withPage(port: port) { url in
                            try await browser.open(url)
                            try await harness.publish(Harness.events(50))
                            try await browser.until("\(Self.healthy) && \(Self.delivered("=== 50"))")
                            _ = try await browser.run("document.getElementById('freeze').click()")
                        }
                    }
                    try await browser.until("document.body.dataset.state === 'lost'")
                    #expect(try await browser.text("state-why").contains("What is below is frozen"))
                    // Thawed and frozen again while the connection is lost: that is no reason to say that all is well.
                    for words in ["What is below is from then", "What is below is frozen"] {
                        _ = try await browser.run("document.getElementById('freeze').click()")
                        #expect(try await browser.text("state-title") == "Connection lost")
                        #expect(try await browser.text("state-why").contains(words))
                    }
                    try await Harness.carry(configuration, redis, simulator) { harness in
                        try await harness.withPage(port: port) { _ in
                            try await browser.until(Self.healthy)
                            #expect(try await browser.text("ends-note").contains("50 delivered"), "figures stay")
                            #expect(try await browser.text("seen").hasSuffix(", frozen"))
                            _ = try await browser.run("document.getElementById('freeze').click()")
                            try await browser.until(Self.delivered("=== 0"))
                        }
                    }
                }
            }
        }
    }

    @Test("Under a path of a proxy it works too; before anything is known it says nothing, and nothing is 0")
    func proxied() async throws {
        try await Harness.page { harness, browser in
            try await harness.withPage(port: FreePort.take()) { url in
                let proxy = PathProxy(target: url)
                try await proxy.run(port: FreePort.take()) { address in
                    try await browser.open(address)
                    try await browser.until("document.body.dataset.state === 'lost'")
                    for id in ["no-failures", "no-dead", "budget"] {
                        #expect(
                            try await browser.run("return document.getElementById('\(id)').hidden") == true,
                            "\(id)"
                        )
                    }
                    for id in ["requests", "ends", "oldest", "waiting"] {
                        #expect(try await browser.text(id) == "unknown")
                    }
                    proxy.showEvents()
                    try await browser.until(Self.healthy)
                    #expect(try await browser.text("no-dead") == "None since this process began.")
                    let links = try await browser.run(
                        "return [...document.querySelectorAll('footer a')].map((link) => new URL(link.href).pathname)"
                    )
                    #expect(links == ["/bridge/status.json", "/bridge/metrics", "/bridge/readyz", "/bridge/runbook"])
                }
            }
        }
    }

    @Test("A drained replica does not call its streams carried, and shows a pause of which no heartbeat tells it")
    func drained() async throws {
        try await Harness.page { harness, browser in
            try await browser.until("document.getElementById('streams').innerText.includes('carried')")
            harness.bridge.drain()
            try await browser.until("document.getElementById('streams').innerText.includes('drained')")
            _ = try await harness.bridge.pause([Harness.stream], Pause(by: "ann", reason: "import"))
            try await browser.until("document.getElementById('streams').innerText.includes('paused')")
            try await browser.until(
                "document.getElementById('state-why').innerText.includes('was paused by ann at 20')"
            )
            #expect(try await browser.run(PageAudit.script) == [])
        }
    }

    @Test("Two replicas side by side, and a key that is refused: pictures of both")
    func pictures() async throws {
        try await Harness.page(simulation: Self.simulation) { harness, browser in
            // The first requests fail, and they have to be of the replica whose page this is.
            try await harness.publish(Harness.events(60))
            try await browser.until("document.querySelectorAll('#failures tr').length > 1")
            try await ReplicaTests.withReplica(harness) { _ in
                try await harness.owns(32)
                try await harness.publish(Harness.events(400, from: 60))
                try await browser.until("document.querySelectorAll('.owners li').length === 2")
                try await browser.until(Self.healthy)
                #expect(try await browser.text("partitions").contains("32 partitions"))
                try await browser.until(
                    "document.querySelector('#waiting-spark .line').getAttribute('d').includes('L')"
                )
                try await browser.picture("light", width: 1360)
                try await browser.picture("dark", width: 1360, .dark)
                try await browser.picture("phone", width: 360)
            }
        }
        try await Harness.page(change: { $0.loops.apiKey = "wrong" }) { harness, browser in
            try await harness.publish(Harness.events(40))
            try await browser.until("document.body.dataset.state === 'blocked'")
            #expect(try await browser.text("state-why").contains("Loops refuses the API key"))
            #expect(try await browser.text("checks").contains("✗ API key"))
            #expect(try await browser.run(PageAudit.script) == [])
            try await browser.picture("blocked", width: 1360)
        }
    }
}
