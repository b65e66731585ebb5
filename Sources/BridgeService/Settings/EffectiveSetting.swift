import HTTPTransport
import JSON

/// A setting as it holds, for people: what it is, and where it comes from. No secret is in it.
package struct EffectiveSetting: Sendable, Equatable {
    package let key: String
    /// What stands in for a secret's value.
    package let value: String
    package let source: SettingSource

    /// - Parameters:
    ///   - redis: the address of Redis without its password.
    ///   - proxy: the way to Loops, which a variable of the environment may name that is no setting of ours.
    static func all(_ reader: SettingsReader, redis: String, proxy: HTTPProxy? = nil) -> [EffectiveSetting] {
        Setting.all.map { setting in
            if setting.key == Setting.loopsProxy.key, let proxy {
                let source = reader.value(setting)?.source ?? .environment(proxy.setting)
                return EffectiveSetting(key: setting.key, value: "\(proxy)", source: source)
            }
            guard let (text, source) = reader.value(setting) else {
                return EffectiveSetting(key: setting.key, value: "", source: .fallback)
            }
            let value =
                setting.key == Setting.redisURL.key
                ? redis : setting.isSecret && text != Settings.noProxy ? "set, hidden" : text
            return EffectiveSetting(key: setting.key, value: Self.withoutPassword(value), source: source)
        }
    }

    /// An address without the part before its `@`.
    static func withoutPassword(_ text: String) -> String {
        guard let scheme = text.firstRange(of: "://"), let at = text.lastIndex(of: "@"), scheme.upperBound <= at else {
            return text
        }
        return text[..<scheme.upperBound] + "…" + text[at...]
    }

    var json: JSONValue { ["key": .string(key), "value": .string(value), "source": .string("\(source)")] }
}
