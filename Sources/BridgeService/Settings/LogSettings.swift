package import Logging

/// How much is logged, and in which form.
package struct LogSettings: Sendable, Equatable {
    package enum Format: String, Sendable {
        case text, json
    }

    package var level: Logger.Level = .info
    package var format: Format = .text

    init(_ reader: inout SettingsReader) {
        level = Logger.Level(rawValue: reader.choice(.logLevel)) ?? .info
        format = Format(rawValue: reader.choice(.logFormat)) ?? .text
    }

    package init(level: Logger.Level, format: Format = .text) {
        self.level = level
        self.format = format
    }
}
