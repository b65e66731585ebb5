import Logging

/// Makes the program's loggers: text for people, JSON for machines, both on standard error.
enum Loggers {
    static func logger(_ settings: LogSettings, label: String = "loops-bridge") -> Logger {
        var logger = Logger(label: label) { _ in
            switch settings.format {
            case .text: StreamLogHandler.standardError(label: label)
            case .json: JSONLogHandler()
            }
        }
        logger.logLevel = settings.level
        return logger
    }
}
