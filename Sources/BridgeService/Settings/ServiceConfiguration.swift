import Bridge
import Loops
import RedisStreams

/// What the settings set, each by itself. A property's initial value is the default of the setting that goes to it; ``Settings`` makes the whole of
/// it, and checks it.
struct ServiceConfiguration: Sendable {
    /// With another `redis`, key and instance in the end.
    var bridge = BridgeConfiguration(
        redis: .local,
        loops: LoopsConfiguration(apiKey: "", userAgent: "loops-bridge/\(Version.text)"),
        instance: ""
    )
    var redisURL = "redis://127.0.0.1:6379"
    var redisServerName: String?
    var loopsAPIKey: String?
    var loopsAPIKeyFile: String?
    var loopsProxy: String?
    var loopsCAFile: String?
    var instance: String?
    var mappingsPath: String?
    var httpHost = "127.0.0.1"
    var httpPort = 9464
    var httpAllowedHosts: [String] = []
    var httpPublicURL: String?
    var controlToken: String?
    var controlTokenFile: String?
    var viewToken: String?
    var viewTokenFile: String?
    var ingest = IngestSettings()
    var log = LogSettings()
}
