import Logging

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes a line to standard error for each message.
struct LineLogHandler: LogHandler {
    let format: LogSettings.Format
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(format: LogSettings.Format) {
        self.format = format
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let line = LogLine(
            level: event.level,
            message: event.message.description,
            metadata: metadata.merging(event.metadata ?? [:]) { $1 },
            time: .now
        )
        let text =
            switch format {
            case .json: line.json
            case .text: line.text(hasColour: Terminal.hasColour)
            }
        // Its colours are its own; everything else in it can be shown.
        Terminal.log(text)
    }
}
