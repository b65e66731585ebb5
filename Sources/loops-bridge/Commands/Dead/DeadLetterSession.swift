import ArgumentParser
import Bridge
import BridgeService
import Logging
import Operations
import RedisStreams
import StreamGroups

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the commands share that work with dead letters: the connection, the search, and how they end when it fails.
struct DeadLetterSession {
    let boxes: [DeadLetterQueue]
    let filter: DeadLetterFilter
    /// Milliseconds since 1970, at the start of the command.
    let now: Int64

    /// Runs `body` with the boxes of the settings' streams; Redis that fails ends the program with status 1.
    static func run(
        _ options: StreamOptions,
        _ filter: DeadLetterFilter,
        body: (DeadLetterSession, Settings) async throws -> Void
    ) async throws {
        let settings = try options.settings()
        try CommandInput.streams(filter.streams, of: settings.bridge)
        var configuration = settings.bridge
        if !filter.streams.isEmpty { configuration.streams.removeAll { !filter.streams.contains($0.name) } }
        try await CommandInput.redis(configuration.redis) {
            try await GroupInspector.run(configuration, logger: Loggers.logger(.init(level: .critical))) { views in
                let session = DeadLetterSession(
                    boxes: DeadLetterQueue.boxes(of: views),
                    filter: filter,
                    now: Int64(Date().timeIntervalSince1970 * 1000)
                )
                try await body(session, settings)
            }
        }
    }

    /// Gives every letter that the filter lets through, box by box, until `body` says that it has enough.
    func each(newestFirst: Bool, _ body: (DeadLetter, Int) throws -> Bool) async throws {
        var looked = 0
        defer { Terminal.endProgress() }
        for (index, box) in boxes.enumerated() {
            var search = box.search(filter, newestFirst: newestFirst, now: now)
            while let letters = try await box.naming({ try await search.next() }) {
                for letter in letters where try !body(letter, index) { return }
                Terminal.progress("\(looked + search.looked) dead letters looked at")
            }
            looked += search.looked
            if search.unreadable > 0 {
                Terminal.printError(
                    "\(search.unreadable) entries of \(box.key) are no dead letters of this program; left alone"
                )
            }
        }
    }
}

extension DeadLetterQueue {
    /// A key of these that holds something else.
    private struct Foreign: Error, CustomStringConvertible {
        let key: String

        var description: String {
            "the Redis key \(key) holds no dead letters, but another type of value. Check bridge.deadLetterStream and bridge.streams."
        }
    }

    /// Puts the key's name to what Redis says of its type.
    fileprivate func naming<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as RedisError {
            if case .server(let answer) = error.reason, answer.code == "WRONGTYPE" { throw Foreign(key: key) }
            throw error
        }
    }
}

extension DeadLetterSession {
    /// Complains of letters that were asked for by their IDs and are not there.
    /// - Returns: whether there are any.
    func complainOfMissing(_ found: Set<StreamID>) -> Bool {
        let missing = filter.ids.subtracting(found).sorted()
        for id in missing {
            Terminal.printError(
                "There is no dead letter \(id) (replayed, dropped or trimmed meanwhile, or the other filters leave it out)"
            )
        }
        return !missing.isEmpty
    }
}

extension CommandInput {
    /// Ends the program with status 2 when one of these streams is none of the configuration's.
    static func streams(_ names: Set<String>, of configuration: BridgeConfiguration) throws {
        for name in names.sorted() where !configuration.streams.contains(where: { $0.name == name }) {
            let known = configuration.streams.map(\.name).joined(separator: ", ")
            Terminal.printError("--stream \(name) is none of bridge.streams (\(known))")
            throw ExitStatus.unusable
        }
    }

    /// Ends the program with status 1 when Redis fails.
    static func redis(_ redis: RedisConfiguration, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let status as ExitCode {
            throw status
        } catch {
            Terminal.endProgress()
            Terminal.printError(RedisWords.text(error, redis))
            throw ExitStatus.failed
        }
    }
}
