import ArgumentParser
import Bridge
import Foundation

/// Loads what a command needs, or ends it with status 2 and every fault on standard error.
enum Usable {
    static func settings(_ load: () throws -> Settings) throws -> Settings {
        do {
            return try load()
        } catch {
            Terminal.complain("\(error)")
            throw ExitStatus.unusable
        }
    }

    /// The mappings of a file, or the destination's two presets without one.
    static func destination(path: String?) throws -> Destination {
        guard let path else { return .presets }
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            Terminal.complain("\(path): the mappings file cannot be read. Check bridge.mappings.")
            throw ExitStatus.unusable
        }
        do {
            return try Destination(file: path, bytes: bytes)
        } catch {
            Terminal.complain("\(error)")
            throw ExitStatus.unusable
        }
    }
}
