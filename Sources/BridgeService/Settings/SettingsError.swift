/// Everything that is wrong with the settings, all at once.
struct SettingsErrors: Error, CustomStringConvertible {
    let faults: [SettingsError]

    var description: String {
        (["The settings cannot be used:"] + faults.map { "  - \($0)" }).joined(separator: "\n")
    }
}

/// One thing that is wrong.
enum SettingsError: Error, Equatable, CustomStringConvertible {
    case malformed(key: String, source: SettingSource, value: String, allowed: String)
    case missing(key: String, advice: String)
    case unknownKey(key: String, file: String, suggestion: String?)
    case unreadableFile(path: String, reason: String)
    case conflict(String)

    var description: String {
        switch self {
        case .malformed(let key, let source, let value, let allowed):
            "\(key) (\(source)): \(value) is not \(allowed)"
        case .missing(let key, let advice):
            "\(key) is required: \(advice)"
        case .unknownKey(let key, let file, let suggestion):
            "\(key) in \(file) is no setting" + (suggestion.map { "; did you mean \($0)?" } ?? "")
        case .unreadableFile(let path, let reason):
            "\(path): \(reason)"
        case .conflict(let text):
            text
        }
    }
}
