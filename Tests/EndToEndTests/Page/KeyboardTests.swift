import Bridge
import DevKit
import JSON
import Testing

@testable import loops_bridge

@Suite("Every view by keyboard, in Chromium", .tags(.servers), .serialized, .timeLimit(.minutes(5)))
struct KeyboardTests {
    /// The controls that are seen, by number.
    private static let controls = """
        [...document.querySelectorAll("a[href], button, summary, input, select, textarea, [tabindex='0']")]
          .filter((e) => e.checkVisibility() && !e.disabled)
        """

    @Test(
        "The tabulator key reaches every control, and shows where it is",
        arguments: ["events", "dead", "mappings", "replicas", "runbook"]
    )
    func all(view: String) async throws {
        try await Harness.page { harness, browser in
            let bad = #"{"type":"track","messageId":"m-bad","userId":"u"}"#
            try await harness.publish(Harness.events(6) + [Array(bad.utf8)])
            await harness.bridge.confirmedEnds.reached(7)
            // An advice is a control more, and goes with its cause.
            try await browser.until("document.body.dataset.state === 'healthy'")
            if view == "runbook" {
                let address = try await browser.run("return location.href").stringValue ?? ""
                try await browser.open(address + view)
            } else {
                try await browser.signIn(Harness.controlToken)
                try await browser.until("document.body.dataset.access === 'control'")
                _ = try await browser.run("location.hash = '#\(view)'")
                let rows = view == "dead" ? "letters" : view
                try await browser.until("document.querySelectorAll('#\(rows)-rows tr').length > 0")
                // What comes by itself would move what is counted.
                if view == "events" { try await browser.click("#events-follow") }
            }
            let wanted = try await browser.run("return \(Self.controls).length").integerValue ?? 0
            #expect(wanted >= 10)
            _ = try await browser.run("document.activeElement.blur(); window.getSelection().removeAllRanges()")
            var reached: Set<Int64> = []
            for _ in 0..<(wanted + 2) {
                try await browser.tab()
                let at =
                    try await browser.run(
                        """
                        const e = document.activeElement;
                        const style = getComputedStyle(e);
                        const shows = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
                        return [\(Self.controls).indexOf(e), shows, e.id || e.textContent.trim().slice(0, 40)]
                        """
                    ).arrayValue ?? []
                guard let number = at.first?.integerValue, number >= 0 else { continue }
                reached.insert(number)
                #expect(at[1] == true, "no visible focus on \(at)")
            }
            #expect(reached.count == Int(wanted), "\(view): \(reached.sorted()) of \(wanted)")
        }
    }
}
