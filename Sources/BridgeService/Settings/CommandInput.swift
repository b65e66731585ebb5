import ArgumentParser
import Bridge
package import Destination

/// Loads what a command needs, or ends it with status 2 and every fault on standard error.
package enum CommandInput {
    /// Why a file cannot be used: every fault, one a line.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    package static func settings(_ load: () throws -> Settings) throws -> Settings {
        do {
            return try load()
        } catch {
            Terminal.printError("\(error)")
            throw ExitStatus.unusable
        }
    }

    /// The mappings of a file, or the destination's two presets without one.
    package static func destination(path: String?) throws -> Destination {
        switch load(path: path) {
        case .success(let destination): return destination
        case .failure(let fault):
            Terminal.printError("\(fault)")
            throw ExitStatus.unusable
        }
    }

    /// As ``destination(path:)``, for those who have more to say before they end.
    package static func load(path: String?) -> Result<Destination, Fault> {
        guard let path else { return .success(.presets) }
        return read(path, as: "mappings file").flatMap { bytes in
            do {
                return .success(try Destination(file: path, bytes: bytes))
            } catch {
                return .failure(Fault(description: "\(error)"))
            }
        }
    }

    package static func read(
        _ path: String,
        as what: String,
        upTo bytesMax: Int = Destination.fileBytesMax
    ) -> Result<[UInt8], Fault> {
        do {
            return .success(try BoundedFile.bytes(path, upTo: bytesMax))
        } catch {
            return .failure(Fault(description: "\(path): the \(what) cannot be read: \(error)"))
        }
    }
}
