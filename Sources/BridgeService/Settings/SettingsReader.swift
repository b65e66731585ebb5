import Configuration

/// Reads values by precedence (flags, environment, file, default) and collects every fault instead of stopping at the first.
package struct SettingsReader {
    private enum Origin {
        case flags, environment, file(String)

        func source(of setting: Setting) -> SettingSource {
            switch self {
            case .flags: .flag(setting.flag)
            case .environment: .environment(setting.environment)
            case .file(let path): .file(path)
            }
        }
    }

    /// The first that knows a value wins.
    private let origins: [(origin: Origin, reader: ConfigReader)]
    private(set) var faults: [SettingsError]

    /// - Parameters:
    ///   - flags: values by key, as typed.
    ///   - environment: the process's environment.
    ///   - file: values by key, with the file's path; nil without a file.
    package init(flags: [String: String], environment: [String: String], file: SettingsFile?) {
        let secrets = SecretsSpecifier<String, String>.dynamic { key, _ in
            Setting.all.contains { $0.isSecret && ($0.key == key || $0.environment == key) }
        }
        var origins: [(Origin, ConfigReader)] = [
            (.flags, ConfigReader(provider: Self.provider(flags))),
            (
                .environment,
                ConfigReader(
                    provider: EnvironmentVariablesProvider(environmentVariables: environment, secretsSpecifier: secrets)
                )
            ),
        ]
        if let file { origins.append((.file(file.path), ConfigReader(provider: Self.provider(file.values)))) }
        self.origins = origins
        self.faults = file?.faults ?? []
    }

    private static func provider(_ values: [String: String]) -> InMemoryProvider {
        InMemoryProvider(
            values: Dictionary(
                uniqueKeysWithValues: values.map { key, value in
                    let isSecret = Setting.all.contains { $0.key == key && $0.isSecret }
                    let components = key.split(separator: ".").map(String.init)
                    return (AbsoluteConfigKey(components), ConfigValue(.string(value), isSecret: isSecret))
                }
            )
        )
    }

    mutating func report(_ fault: SettingsError) { faults.append(fault) }

    /// The text that is set for a setting, without blanks at its ends, and by what; nil when nothing is. An empty text counts as not set.
    func value(_ setting: Setting) -> (text: String, source: SettingSource)? {
        for (origin, reader) in origins {
            // A newline at the end comes with secrets that were read from files, and blanks with copies.
            let text = reader.string(forKey: ConfigKey(setting.key), isSecret: setting.isSecret)?.trimmingSpaces
            if let text, !text.isEmpty { return (text, origin.source(of: setting)) }
        }
        return setting.fallback.map { ($0, .fallback) }
    }

    package func text(_ setting: Setting) -> String? { value(setting)?.text }

    /// Whether a secret stands in the settings file, used or not. The address of Redis is one only with a password in it.
    func holdsSecret(_ file: SettingsFile?) -> Bool {
        guard let values = file?.values else { return false }
        return Setting.all.contains { setting in
            guard setting.isSecret, let text = values[setting.key], !text.isEmpty else { return false }
            return setting.key != Setting.redisURL.key || text.contains("@")
        }
    }

    /// What should be the same on all replicas of a group, as `key=value`.
    var shared: [String] {
        Setting.all.compactMap { setting in
            setting.isShared ? text(setting).map { "\(setting.key)=\($0)" } : nil
        }
    }

    /// Every setting where it belongs. One that is malformed is reported, and leaves the default.
    mutating func configuration() -> ServiceConfiguration {
        var configuration = ServiceConfiguration()
        for setting in Setting.all {
            guard let (text, source) = value(setting), source != .fallback, !setting.store(text, &configuration) else {
                continue
            }
            let shown = setting.isSecret ? "the value (hidden)" : "\"\(text)\""
            let allowed = setting.shape.description
            report(.malformed(key: setting.key, source: source, value: shown, allowed: allowed))
        }
        return configuration
    }
}

extension String {
    /// Without spaces at both ends.
    var trimmingSpaces: String {
        var view = self[...]
        while view.first?.isWhitespace == true { view.removeFirst() }
        while view.last?.isWhitespace == true { view.removeLast() }
        return String(view)
    }
}
