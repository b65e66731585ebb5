import ArgumentParser
import Bridge
import BridgeService
import HTTPTransport
import JSON
import Logging
import NIOSupport
import Operations

/// How a bridge stands, for a terminal or a program.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows how a bridge stands: health, rates, streams, replicas, recent failures.",
        discussion: """
            Asks the admin port of one replica. When no bridge answers and Redis' address is set (REDIS_URL, --redis-url or --config), it shows \
            what Redis knows of the group. Needs no API key; changes nothing.

            What Loops answered may hold what an event held. It is shown to whoever has the token of the bridge's control: name its file with \
            --http-control-token-file. No other way sends the token, so that an address that was mistyped gets none.

            Exit status: 0 healthy or degraded, 1 not ready, blocked, paused or shutting down, or only Redis answered, 2 settings cannot be used, \
            69 nobody could be reached.
            """
    )

    @Option(help: "The admin address of a replica; http://HTTP_HOST:HTTP_PORT if not given.") var url: String?
    @Option(.httpControlTokenFile) var httpControlTokenFile: String?
    @Flag(help: "Asks Redis and no bridge.") var redis = false
    @Flag(help: "JSON, as /status.json has it; on one line with --watch.") var json = false
    @Flag(help: "Looks again every second, until Ctrl-C.") var watch = false
    @OptionGroup var options: StreamOptions

    func validate() throws {
        if redis, url != nil || httpControlTokenFile != nil {
            throw ValidationError("--redis asks no bridge: leave --url and --http-control-token-file out")
        }
    }

    func run() async throws {
        let token = httpControlTokenFile.map { [Setting.httpControlTokenFile.key: $0] }
        let settings = try options.settings(token ?? [:], wantsControl: token != nil)
        let base = url ?? settings.adminURL
        let origin = try HTTPOrigin(typed: base)
        while true {
            let look = await look(settings, base, origin)
            show(look)
            guard watch else {
                if look.verdict != .success { throw look.verdict }
                return
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// What one look has found.
    private struct Look {
        var verdict: ExitCode
        /// nil when nobody has told anything.
        var status: JSONValue?
        var lines: [String] = []
        /// Who did not answer, and why.
        var complaints: [String] = []
    }

    /// One look.
    private func look(_ settings: Settings, _ base: String, _ origin: HTTPOrigin) async -> Look {
        var complaints: [String] = []
        if !redis {
            do {
                let status = try await AdminClient(origin: origin, token: settings.controlToken).status()
                let text = StatusText(hasColour: Terminal.hasOutputColour, width: Terminal.outputWidth)
                let state = status["health"]?["state"]?.stringValue ?? ""
                let isGood = status["ready"] == true && ["healthy", "degraded"].contains(state)
                return Look(verdict: isGood ? .success : ExitStatus.failed, status: status, lines: text.lines(status))
            } catch {
                complaints.append("No bridge answers at \(base): \(NetworkErrorText.of(error))")
            }
        }
        let hasRedis = settings.inForce.contains { $0.key == Setting.redisURL.key && $0.source != .fallback }
        guard redis || hasRedis else { return Look(verdict: ExitStatus.unreachable, complaints: complaints) }
        do {
            let status = try await statusOfRedis(settings)
            let heading = "group \(settings.bridge.group), as Redis knows it; whether a replica is at work is not known"
            let fitting = Terminal.outputWidth.map { heading.cut(to: $0) } ?? heading
            let lines = [fitting, ""] + StatusText(width: Terminal.outputWidth).groupLines(status)
            return Look(verdict: ExitStatus.failed, status: status, lines: lines, complaints: complaints)
        } catch {
            complaints.append(RedisWords.text(error, settings.bridge.redis))
            return Look(verdict: ExitStatus.unreachable, complaints: complaints)
        }
    }

    private func statusOfRedis(_ settings: Settings) async throws -> JSONValue {
        let streams = try await GroupInspector.run(settings.bridge, logger: Loggers.logger(.init(level: .critical))) {
            views in
            var streams: [StreamStatus] = []
            for (view, stream) in zip(views, settings.bridge.streams) {
                var status = try await view.status()
                status.weight = stream.weight
                streams.append(status)
            }
            return streams
        }
        return ["group": .string(settings.bridge.group), "source": "redis", "streams": .array(streams.map(\.json))]
    }

    private func show(_ look: Look) {
        if json || !watch || !Terminal.isScreen {
            for complaint in look.complaints { Terminal.printError(complaint) }
            guard let status = look.status else { return }
            if json { return Terminal.write(status.serialized(pretty: !watch, escapesInvisible: true) + [0x0A]) }
            return Terminal.write(Array((look.lines.map { $0 + "\n" }.joined() + (watch ? "\n" : "")).utf8))
        }
        // Home, what is new over what was, and the rest away: nothing flickers.
        let complaints = look.complaints.map { $0.cut(to: Terminal.outputWidth ?? Terminal.usualWidth) }
        let lines = Screen.fitting(complaints + look.lines, rows: Terminal.outputRows)
        Terminal.write(Array("\u{1B}[H\(lines.map { $0 + "\u{1B}[K\n" }.joined())\u{1B}[J".utf8))
    }
}
