import ArgumentParser
import Bridge
import JSON
import Logging
import NetworkErrors

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

            Exit status: 0 healthy or degraded, 1 not ready, holding, paused or stopping, or only Redis answered, 2 settings cannot be used, \
            69 nobody could be reached.
            """
    )

    @OptionGroup var options: StreamOptions
    @Option(help: "The admin address of a replica; http://HTTP_HOST:HTTP_PORT if not given.") var url: String?
    @Option(help: .init(Setting.httpControlTokenFile.help)) var httpControlTokenFile: String?
    @Flag(help: "Asks Redis and no bridge.") var redis = false
    @Flag(help: "JSON, as /status.json has it; on one line with --watch.") var json = false
    @Flag(help: "Looks again every second, until Ctrl-C.") var watch = false

    func run() async throws {
        let token = httpControlTokenFile.map { [Setting.httpControlTokenFile.key: $0] }
        let settings = try options.settings(token ?? [:], wantsControl: token != nil)
        let base = url ?? settings.adminURL
        guard base.hasPrefix("http://") || base.hasPrefix("https://") else {
            Terminal.complain("--url \(base) is no http:// or https:// address")
            throw ExitStatus.unusable
        }
        while true {
            let verdict = await look(settings, base)
            guard watch else {
                if verdict != .success { throw verdict }
                return
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// One look.
    private func look(_ settings: Settings, _ base: String) async -> ExitCode {
        do {
            if redis { return try await lookAtRedis(settings) }
            let status = try await AdminClient(base: base, token: settings.controlToken).status()
            show(status, StatusText(hasColour: Terminal.hasOutputColour).lines(status))
            let state = status["health"]?["state"]?.stringValue ?? ""
            return status["ready"] == true && ["healthy", "degraded"].contains(state) ? .success : ExitStatus.failed
        } catch {
            let place = redis ? "Redis (\(settings.bridge.redis))" : base
            Terminal.complain("\(redis ? "Nothing" : "No bridge") answers at \(place): \(NetworkErrorText.of(error))")
        }
        let hasRedis = settings.inForce.contains { $0.key == Setting.redisURL.key && $0.source != .fallback }
        guard !redis, hasRedis else { return ExitStatus.unreachable }
        do {
            return try await lookAtRedis(settings)
        } catch {
            Terminal.complain("Redis (\(settings.bridge.redis)) does not answer either: \(error)")
            return ExitStatus.unreachable
        }
    }

    private func lookAtRedis(_ settings: Settings) async throws -> ExitCode {
        let streams = try await StreamView.run(settings.bridge, logger: Loggers.logger(.init(level: .critical))) {
            views in
            var streams: [StreamStatus] = []
            for (view, stream) in zip(views, settings.bridge.streams) {
                var status = try await view.status()
                status.weight = stream.weight
                streams.append(status)
            }
            return streams
        }
        let status: JSONValue = [
            "group": .string(settings.bridge.group), "source": "redis", "streams": .array(streams.map(\.json)),
        ]
        let heading = "group \(settings.bridge.group), as Redis knows it; whether a replica is at work is not known"
        show(status, [heading, ""] + StatusText().groupLines(status))
        return ExitStatus.failed
    }

    private func show(_ status: JSONValue, _ lines: [String]) {
        if json {
            Terminal.write(status.serialized(pretty: !watch, escapesInvisible: true) + [0x0A])
            return
        }
        // Home, what is new over what was, and the rest away: nothing flickers.
        let isScreen = watch && Terminal.isScreen
        let end = isScreen ? "\u{1B}[K\n" : "\n"
        let text = lines.map { $0 + end }.joined()
        Terminal.write(Array((isScreen ? "\u{1B}[H\(text)\u{1B}[J" : text + (watch ? "\n" : "")).utf8))
    }
}
