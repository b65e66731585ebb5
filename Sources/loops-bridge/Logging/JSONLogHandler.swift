import Foundation
import JSON
import Logging

/// One JSON object a line: `time`, `level`, `message`, then the metadata under their own names.
struct JSONLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    /// The longest value, in characters.
    static let maxValueLength = 2000

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line: JSONObject = [
            "time": .string(Date.now.formatted(.iso8601.time(includingFractionalSeconds: true))),
            "level": .string(event.level.rawValue),
            "message": .string(event.message.description),
        ]
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            // A name of ours is never overwritten.
            line[line[key] == nil ? key : "metadata.\(key)"] = .string(String("\(value)".prefix(Self.maxValueLength)))
        }
        var bytes = JSONValue.object(line).serialized()
        bytes.append(0x0A)
        Terminal.tell(bytes)
    }
}
