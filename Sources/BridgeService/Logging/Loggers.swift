package import Logging

/// Makes the program's loggers: text for people, JSON for machines, both on standard error.
package enum Loggers {
    package static func logger(_ settings: LogSettings, label: String = "loops-bridge") -> Logger {
        var logger = Logger(label: label) { _ in LineLogHandler(format: settings.format) }
        logger.logLevel = settings.level
        return logger
    }
}
