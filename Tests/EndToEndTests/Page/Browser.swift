import AsyncHTTPClient
import DevKit
import Foundation
import JSON
import NIOCore
import NIOHTTP1

/// A headless Chromium, told what to do over WebDriver's HTTP.
struct Browser: Sendable {
    enum Fault: Error {
        case noDriver(output: [String])
        case refused(String)
    }

    enum Scheme: String { case light, dark }

    private let session: String

    /// A browser with a fresh profile, as long as `body` runs.
    static func run(_ body: @Sendable @escaping (Browser) async throws -> Void) async throws {
        // The driver takes a free port of IPv6 and ends when somebody else has the same one of IPv4.
        for attempt in 1... {
            do { return try await runOnce(body) } catch Fault.noDriver(let output) {
                guard attempt < 5 else { throw Fault.noDriver(output: output) }
            }
        }
    }

    private static func runOnce(_ body: @Sendable @escaping (Browser) async throws -> Void) async throws {
        try await TemporaryFolder.with { home in try await runOnce(home: home, body) }
    }

    /// - Parameter home: where a browser writes what it thinks that its user wants to keep; who runs the tests may have no such place.
    private static func runOnce(
        home: String,
        _ body: @Sendable @escaping (Browser) async throws -> Void
    ) async throws {
        try await ChildProcess.run(
            "chromedriver",
            arguments: ["--port=0", "--log-level=SEVERE"],
            environment: ["HOME": home, "TMPDIR": home]
        ) { driver in
            let started = await driver.line { $0.contains("started successfully on port ") }
            guard let port = started?.split(whereSeparator: { !$0.isNumber }).last else {
                throw Fault.noDriver(output: driver.output)
            }
            let base = "http://127.0.0.1:\(port)/session"
            let made = try await call(.POST, base, ["capabilities": ["alwaysMatch": capabilities]])
            let browser = Browser(session: "\(base)/\(made["sessionId"]?.stringValue ?? "")")
            do { try await body(browser) } catch {
                try await browser.quit()
                throw error
            }
            try await browser.quit()
        }
    }

    private static let capabilities: JSONValue = [
        "goog:loggingPrefs": ["browser": "ALL"],
        "timeouts": ["script": 60_000],
        "goog:chromeOptions": [
            "args": [
                // Everybody is root in a container; what is loaded is our own page.
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                "--disable-background-networking", "--window-size=1360,900",
            ]
        ],
    ]

    func open(_ url: String) async throws { _ = try await post("/url", ["url": .string(url)]) }

    /// Runs a function's body in the page.
    /// - Returns: what it returns.
    func run(_ script: String) async throws -> JSONValue {
        try await post("/execute/sync", ["script": .string(script), "args": []])
    }

    func text(_ id: String) async throws -> String {
        try await run("return document.getElementById('\(id)').innerText").stringValue ?? ""
    }

    /// Waits in the page until an expression is true there.
    func until(_ expression: String) async throws {
        let script = """
            const done = arguments[0];
            const look = () => { if (\(expression)) done(true); else setTimeout(look, 20); };
            look();
            """
        _ = try await post("/execute/async", ["script": .string(script), "args": []])
    }

    /// Presses the tabulator key once.
    func tab() async throws {
        let tab: JSONValue = "\u{E004}"
        let presses: JSONValue = [["type": "keyDown", "value": tab], ["type": "keyUp", "value": tab]]
        _ = try await post("/actions", ["actions": [["type": "key", "id": "keyboard", "actions": presses]]])
    }

    /// Makes the window so wide, in a scheme of colours.
    func look(width: Int64, _ scheme: Scheme, height: Int64 = 900) async throws {
        let feature: JSONValue = ["name": "prefers-color-scheme", "value": .string(scheme.rawValue)]
        try await develop("Emulation.setEmulatedMedia", ["features": [feature]])
        try await develop(
            "Emulation.setDeviceMetricsOverride",
            ["width": .int(width), "height": .int(height), "deviceScaleFactor": 1, "mobile": .bool(width < 600)]
        )
    }

    /// Where pictures go: the environment's `LOOPS_BRIDGE_SCREENSHOTS`, else a folder among the temporary files.
    private static var pictures: URL {
        ProcessInfo.processInfo.environment["LOOPS_BRIDGE_SCREENSHOTS"].map { URL(fileURLWithPath: $0) }
            ?? FileManager.default.temporaryDirectory.appending(path: "loops-bridge-screenshots")
    }

    /// Writes a picture of the whole page.
    func picture(_ name: String, width: Int64, _ scheme: Scheme = .light) async throws {
        try await look(width: width, scheme)
        let height = try await run("return document.documentElement.scrollHeight").integerValue ?? 900
        try await look(width: width, scheme, height: height)
        let data = try await develop("Page.captureScreenshot", ["format": "png"])["data"]?.stringValue ?? ""
        try FileManager.default.createDirectory(at: Self.pictures, withIntermediateDirectories: true)
        try Data(base64Encoded: data)?.write(to: Self.pictures.appending(path: "\(name).png"))
    }

    /// What the page wrote to the console since the last time, errors of loading included.
    func console() async throws -> [String] {
        let entries = try await post("/se/log", ["type": "browser"]).arrayValue ?? []
        return entries.compactMap { $0["message"]?.stringValue }
    }

    @discardableResult
    private func develop(_ command: String, _ parameters: JSONValue) async throws -> JSONValue {
        try await post("/goog/cdp/execute", ["cmd": .string(command), "params": parameters])
    }

    private func quit() async throws { _ = try await Self.call(.DELETE, session, nil) }

    private func post(_ path: String, _ body: JSONValue) async throws -> JSONValue {
        try await Self.call(.POST, session + path, body)
    }

    private static func call(_ method: HTTPMethod, _ url: String, _ body: JSONValue?) async throws -> JSONValue {
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers.add(name: "Content-Type", value: "application/json")
        if let body { request.body = .bytes(ByteBuffer(bytes: body.serialized())) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(90))
        let answer = try await JSONParser.parse(Array(buffer: response.body.collect(upTo: 32 * 1024 * 1024)))
        guard response.status == .ok else { throw Fault.refused(answer.jsonText) }
        return answer["value"] ?? .null
    }
}
