package import Bridge
import HTTPTransport
import Loops
import RedisStreams
import StreamGroups

/// What the program was told, checked as a whole.
package struct Settings: Sendable {
    package var bridge: BridgeConfiguration
    package var mappingsPath: String?
    package var httpHost: String
    package var httpPort: Int
    /// Under which names the admin endpoints answer.
    let hosts: HostRule
    /// The token of `/control`, checked; nil when control over HTTP is off, or is not asked for.
    package var controlToken: String?
    /// The token of those who may look, checked; nil when there is none, or it is not asked for.
    package var viewToken: String?
    package var ingest: IngestSettings
    package var log: LogSettings
    /// Everything as it holds, without secrets.
    package var inForce: [EffectiveSetting]
    /// What should be the same on all replicas, as `key=value`, without secrets.
    let shared: [String]
    /// What works and is not safe, a sentence each.
    package let warnings: [String]

    /// - Parameters:
    ///   - needsKey: whether Loops is talked to. Without that its key is neither wanted nor read.
    ///   - wantsControl: whether the control token is read; as `needsKey` if not given.
    ///   - readFile: gives a file's text, for the key file; injected for tests.
    /// - Throws: ``SettingsErrors`` with everything that is wrong.
    init(
        flags: [String: String],
        environment: [String: String],
        file: SettingsFile?,
        hostName: String,
        processID: Int32,
        needsKey: Bool = true,
        wantsControl: Bool? = nil,
        readFile: (String) throws -> String
    ) throws(SettingsErrors) {
        var reader = SettingsReader(flags: flags, environment: environment, file: file)
        let configuration = reader.configuration()
        let key = needsKey ? Self.apiKey(&reader, configuration, readFile: readFile) : ""
        var bridge = configuration.bridge
        bridge.loops = Self.loops(&reader, bridge.loops, key: key)
        if needsKey { Self.addNetwork(to: &bridge.loops, &reader, environment) }
        bridge.redis = Self.redis(&reader)
        Self.addNetwork(to: &bridge.redis, &reader, environment)
        bridge.instance = configuration.instance ?? "\(hostName)-\(processID)"
        if let stream = bridge.deadLetterStream, bridge.streams.contains(where: { $0.name == stream }) {
            reader.report(
                .conflict(
                    "bridge.deadLetterStream is \(stream), which is read as well: dead letters would come back for ever"
                )
            )
        }
        for fault in [
            bridge.leaseTiming.fault, bridge.clusterFault, bridge.keyConflict, configuration.ingest.conflict,
        ] {
            if let fault { reader.report(.conflict(fault)) }
        }
        bridge.publicAddress = Self.publicAddress(&reader, configuration)
        self.bridge = bridge
        self.mappingsPath = configuration.mappingsPath
        self.httpHost = configuration.httpHost
        self.httpPort = configuration.httpPort
        self.hosts = Self.hosts(&reader, configuration, hostName: hostName, address: bridge.publicAddress)
        if wantsControl ?? needsKey {
            let files = (control: configuration.controlTokenFile, view: configuration.viewTokenFile)
            controlToken = Self.token(
                .httpControlToken,
                .httpControlTokenFile,
                files.control,
                &reader,
                readFile: readFile
            )
            viewToken = Self.token(.httpViewToken, .httpViewTokenFile, files.view, &reader, readFile: readFile)
        }
        if let controlToken, controlToken == viewToken {
            reader.report(
                .conflict("http.controlToken and http.viewToken are the same; who may look could change things")
            )
        }
        self.ingest = configuration.ingest
        self.log = configuration.log
        self.inForce = EffectiveSetting.all(reader, redis: "\(bridge.redis)", proxy: bridge.loops.proxy)
        self.shared = reader.shared
        let secretFile = reader.holdsSecret(file) ? file?.path : nil
        self.warnings =
            [Self.clearTextWarning(reader)].compactMap(\.self)
            + configuration.exposedFiles(settingsFile: secretFile).map(\.description)
        if !reader.faults.isEmpty { throw SettingsErrors(faults: reader.faults) }
    }

    private static func loops(
        _ reader: inout SettingsReader,
        _ loops: LoopsConfiguration,
        key: String
    ) -> LoopsConfiguration {
        if HTTPOrigin(loops.baseURL) == nil {
            reader.report(
                .malformed(
                    key: Setting.loopsBaseURL.key,
                    source: reader.value(.loopsBaseURL)?.source ?? .fallback,
                    value: "\"\(EffectiveSetting.withoutPassword(loops.baseURL))\"",
                    allowed: HTTPOrigin.form
                )
            )
        }
        return LoopsConfiguration(
            baseURL: loops.baseURL,
            apiKey: key,
            requestTimeout: loops.requestTimeout,
            connectTimeout: min(loops.connectTimeout, loops.requestTimeout),
            maxInFlight: loops.maxInFlight,
            userAgent: loops.userAgent
        )
    }

    /// The API key and what events say go to Loops as they are when its address is no https:// one.
    private static func clearTextWarning(_ reader: SettingsReader) -> String? {
        guard let (text, source) = reader.value(.loopsBaseURL), let address = HTTPOrigin(text), !address.isSecure,
            !address.isLoopback
        else { return nil }
        return """
            loops.baseURL (\(source)) begins with http:// and leads to another machine: the API key and people's data go there in clear text. \
            Use https://.
            """
    }

    /// Where Redis is; a fault is reported, and tells no password.
    static func redis(_ reader: inout SettingsReader) -> RedisConfiguration {
        let url = reader.value(.redisURL)
        do {
            let redis = try RedisConfiguration(url: url?.text ?? "")
            if case .flag(let name)? = url?.source, redis.password != nil || redis.sentinelPassword != nil {
                reader.report(
                    .conflict(
                        """
                        redis.url (\(name)): a process list shows flags to everybody on this machine, so no password is taken from one. Set \
                        REDIS_URL, or redis.url in a settings file.
                        """
                    )
                )
            }
            return redis
        } catch {
            reader.report(
                .malformed(
                    key: "redis.url",
                    source: url?.source ?? .fallback,
                    value: "the value (hidden)",
                    allowed: "usable: \(error)"
                )
            )
            return RedisConfiguration.local
        }
    }

    private static func apiKey(
        _ reader: inout SettingsReader,
        _ configuration: ServiceConfiguration,
        readFile: (String) throws -> String
    ) -> String {
        let key = reader.value(.loopsAPIKey)
        // There is no flag for the key: what comes as one is what `dev` decides itself.
        let isDecided = if case .flag? = key?.source { true } else { false }
        guard !isDecided, let path = configuration.loopsAPIKeyFile else {
            if key == nil {
                reader.report(
                    .missing(
                        key: "loops.apiKey",
                        advice: "set LOOPS_API_KEY, or LOOPS_API_KEY_FILE to a file that holds it"
                    )
                )
            }
            return checked(key?.text ?? "", key?.source ?? .fallback, &reader)
        }
        if key != nil { reader.report(.conflict("loops.apiKey and loops.apiKeyFile are both set; keep one")) }
        do {
            let text = try readFile(path)
            if SecretText.bare(text).isEmpty {
                reader.report(.unreadableFile(path: path, reason: "the key file is empty"))
            }
            return checked(text, .file(path), &reader)
        } catch {
            reader.report(.unreadableFile(path: path, reason: "the key file cannot be read: \(error)"))
            return ""
        }
    }

    private static func token(
        _ setting: Setting,
        _ file: Setting,
        _ path: String?,
        _ reader: inout SettingsReader,
        readFile: (String) throws -> String
    ) -> String? {
        var token = reader.value(setting)
        if let path {
            if token != nil {
                reader.report(.conflict("\(setting.key) and \(file.key) are both set; keep one"))
            }
            do {
                token = (try readFile(path), .file(path))
            } catch {
                reader.report(.unreadableFile(path: path, reason: "the token file cannot be read: \(error)"))
                return nil
            }
        }
        guard let token else { return nil }
        let text = SecretText.bare(token.text)
        if text.utf8.count <= SecretText.bytesMax, !SecretText.isAssignment(text, of: setting),
            ControlToken(text) != nil
        {
            return text
        }
        reader.report(
            .malformed(
                key: setting.key,
                source: token.source,
                value: "the value (hidden)",
                allowed:
                    "\(ControlToken.minLength) to \(SecretText.bytesMax) characters of printable ASCII without spaces, alone"
            )
        )
        return nil
    }

    /// A key goes into a header: a control character in it would be refused there with a far less helpful text.
    private static func checked(_ text: String, _ source: SettingSource, _ reader: inout SettingsReader) -> String {
        let key = SecretText.bare(text)
        // Loops' keys have no quotes: one that is left over is half of a pair.
        let isClean = key.utf8.allSatisfy {
            (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'")
        }
        if !isClean || key.utf8.count > SecretText.bytesMax || SecretText.isAssignment(key, of: .loopsAPIKey) {
            reader.report(
                .malformed(
                    key: "loops.apiKey",
                    source: source,
                    value: "the value (hidden)",
                    allowed:
                        "the key alone: printable ASCII without spaces and quotes, at most \(SecretText.bytesMax) characters"
                )
            )
            return ""
        }
        return key
    }
}
