import Bridge
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

    /// What should be the same on all replicas of a group, as `key=value`: no secret, no path, and nothing of this one process.
    var shared: [String] {
        Setting.all.compactMap { setting in
            if case .path = setting.shape { return nil }
            let isOwn =
                setting.key == Setting.bridgeInstance.key || ["http.", "log."].contains { setting.key.hasPrefix($0) }
            guard !setting.isSecret, !isOwn, let text = text(setting) else { return nil }
            return "\(setting.key)=\(text)"
        }
    }

    mutating func integer(_ setting: Setting) -> Int {
        guard case .integer(let range) = setting.shape else {
            preconditionFailure("\(setting.key) is no integer setting")
        }
        return parse(setting, else: range.lowerBound) { Int($0).flatMap { range.contains($0) ? $0 : nil } }
    }

    mutating func number(_ setting: Setting) -> Double {
        guard case .number(let range) = setting.shape else {
            preconditionFailure("\(setting.key) is no number setting")
        }
        return parse(setting, else: range.lowerBound) { Double($0).flatMap { range.contains($0) ? $0 : nil } }
    }

    mutating func seconds(_ setting: Setting) -> Duration { .seconds(number(setting)) }

    mutating func choice(_ setting: Setting) -> String {
        guard case .choice(let values) = setting.shape else {
            preconditionFailure("\(setting.key) is no choice setting")
        }
        return parse(setting, else: values[0]) { values.contains($0) ? $0 : nil }
    }

    mutating func duration(_ setting: Setting) -> Duration { parse(setting, else: .zero) { Duration(withUnit: $0) } }

    mutating func weightedList(_ setting: Setting) -> [(name: String, weight: Int)] {
        parse(setting, else: []) { text in
            var list: [(String, Int)] = []
            for item in text.split(separator: ",", omittingEmptySubsequences: false) {
                let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let weight = parts.count == 2 ? Int(parts[1]) : 1
                let name = String(parts[0]).trimmingSpaces
                guard !name.isEmpty, let weight, (1...1000).contains(weight), !list.contains(where: { $0.0 == name })
                else { return nil }
                list.append((name, weight))
            }
            return list
        }
    }

    mutating func list(_ setting: Setting) -> [String] {
        parse(setting, else: []) { text in
            let items = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmingSpaces }
            return items.contains("") ? nil : items
        }
    }

    private mutating func parse<Value>(_ setting: Setting, else fallback: Value, _ parse: (String) -> Value?) -> Value {
        guard let (text, source) = value(setting) else { return fallback }
        if let value = parse(text) { return value }
        let shown = setting.isSecret ? "the value (hidden)" : "\"\(text)\""
        faults.append(.malformed(key: setting.key, source: source, value: shown, allowed: setting.shape.description))
        return fallback
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
