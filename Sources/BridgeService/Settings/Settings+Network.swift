import Bridge
import HTTPTransport
import Loops
import NIOSupport
import RedisStreams

/// The way to Loops and Redis: proxies, and whose certificates are accepted.
extension Settings {
    /// The value of `loops.proxy` that means none, whatever the environment says.
    package static let noProxy = "none"

    /// Sets proxy and authorities; faults are reported, and tell no password.
    static func addNetwork(
        to loops: inout LoopsConfiguration,
        _ reader: inout SettingsReader,
        _ environment: [String: String]
    ) {
        loops.authorities = TrustedAuthorities(
            systemFile: systemAuthorities(environment),
            file: reader.text(.loopsCAFile)
        )
        guard let origin = HTTPOrigin(loops.baseURL) else { return }
        loops.proxy = proxy(&reader, environment, for: origin)
        guard let proxy = loops.proxy, let fault = proxy.fault(for: origin) else { return }
        reader.report(.conflict("loops.baseURL leads to \(origin.host) through \(proxy) (\(proxy.setting)): \(fault)"))
    }

    /// Sets the name and the authorities of Redis' certificates, where it is reached over TLS.
    static func addNetwork(
        to redis: inout RedisConfiguration,
        _ reader: inout SettingsReader,
        _ environment: [String: String]
    ) {
        redis.tls?.systemFile = systemAuthorities(environment)
        guard let (name, source) = reader.value(.redisServerName) else { return }
        if redis.tls == nil {
            // The name goes with an address that was set beside it, and not with one that was typed over that, as `dev` does with its own.
            if case .flag? = reader.value(.redisURL)?.source, case .environment = source { return }
            reader.report(.conflict("redis.serverName (\(source)) goes with rediss:// only: redis.url is without TLS"))
        }
        if !RedisConfiguration.TLS.isServerName(name) {
            reader.report(
                .malformed(
                    key: Setting.redisServerName.key,
                    source: source,
                    value: "\"\(name)\"",
                    allowed: RedisConfiguration.TLS.serverNameForm
                )
            )
        }
        redis.tls?.serverName = name
    }

    private static func systemAuthorities(_ environment: [String: String]) -> String? {
        environment[TrustedAuthorities.variable].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func proxy(
        _ reader: inout SettingsReader,
        _ environment: [String: String],
        for origin: HTTPOrigin
    ) -> HTTPProxy? {
        guard let (text, source) = reader.value(.loopsProxy) else {
            do {
                return try ProxyEnvironment(environment).proxy(for: origin)
            } catch {
                reader.report(.conflict("\(error.name): the value (hidden) is \(error.error)"))
                return nil
            }
        }
        if text == noProxy { return nil }
        do {
            return try HTTPProxy(text, setting: Setting.loopsProxy.key)
        } catch {
            reader.report(.conflict("loops.proxy (\(source)): the value (hidden) is \(error)"))
            return nil
        }
    }
}

extension Settings {
    /// Reads the files of authorities for Loops once: a fault in them is told before anything runs.
    /// - Throws: `TLSFileError`.
    package func checkCertificates() throws {
        let isSecured = HTTPOrigin(bridge.loops.baseURL)?.isSecure == true || bridge.loops.proxy?.isSecure == true
        if isSecured { _ = try ClientTLS(trusting: bridge.loops.authorities) }
    }
}
