import Logging

/// How much is logged, and in which form.
struct LogSettings: Sendable, Equatable {
    enum Format: String, Sendable {
        case text, json
    }

    var level: Logger.Level = .info
    var format: Format = .text

    init(_ reader: inout SettingsReader) {
        level = Logger.Level(rawValue: reader.choice(.logLevel)) ?? .info
        format = Format(rawValue: reader.choice(.logFormat)) ?? .text
    }

    init(level: Logger.Level, format: Format = .text) {
        self.level = level
        self.format = format
    }
}
