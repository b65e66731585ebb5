import ArgumentParser
import Bridge
import BridgeService
import Logging
import RedisStreams

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Events into a stream.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Adds events (NDJSON, one Segment event, batch or array of events a line) to a stream.",
        discussion: """
            A batch is split, and so is an array: the events are added one by one, since a bridge cannot keep a batch of several contacts in \
            order. Lines that are not JSON objects are left out, named, and make the exit status 1.

            Each event is looked at as a bridge with these settings (BRIDGE_MAPPINGS, BRIDGE_CONTACT_KEYS, …) would: one that it would ignore \
            or dead-letter is named, and added all the same. With --check nothing is added, and Redis is not asked.

            Exit status: 0 all was published, 1 Redis failed or lines were left out, with --check also when an event would be \
            dead-lettered, 2 the settings or the file cannot be used.
            """
    )

    @Argument(help: "The file to read; standard input if not given or '-'.", completion: .file()) var file: String?
    @Option(help: "The stream to add to; the first of BRIDGE_STREAMS if not given.") var stream: String?
    @Flag(help: "Says what a bridge would make of the events and adds nothing.") var check = false
    @OptionGroup var options: PublishOptions

    /// Commands that leave together.
    private static let batch = 500

    func run() async throws {
        let settings = try options.settings()
        let target = stream ?? settings.bridge.streams.first?.name ?? "segment:events"
        if !settings.bridge.streams.contains(where: { $0.name == target }) {
            let read = settings.bridge.streams.map(\.name).joined(separator: ", ")
            Terminal.printError("warning: no bridge with these settings reads \(target): bridge.streams is \(read)")
        }
        let preview = try preview(settings)
        let (descriptor, size) = try input()
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        if descriptor == STDIN_FILENO, Terminal.isTyped { Terminal.printError(LineReader.typedNotice) }
        var redis = settings.bridge.redis
        // On a cluster, the server that holds this stream.
        redis.slotKey = target
        let client = RedisClient(configuration: redis, logger: Loggers.logger(.init(level: .critical)))
        var run = PublishRun(
            name: file.flatMap { $0 == "-" ? nil : $0 } ?? "standard input",
            size: size,
            stream: target,
            preview: preview,
            client: check ? nil : client
        )
        do {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                if !check { tasks.addTask { await client.run() } }
                defer { tasks.cancelAll() }
                try await run.publish(from: descriptor)
            }
        } catch {
            Terminal.endProgress()
            for note in run.summary.notes { Terminal.printError(note) }
            if let fault = error as? LineReader.Fault {
                Terminal.printError("\(fault); \(run.summary.published) events were published to \(target) before that")
                throw ExitStatus.unusable
            }
            Terminal.printError(
                """
                Publishing to \(target) failed after \(run.summary.published) events, at line \(run.summary.line) or a little before: \
                \(RedisWords.text(error, redis))
                """
            )
            throw ExitStatus.failed
        }
        try tell(run.summary, target)
    }

    private func tell(_ summary: PublishSummary, _ target: String) throws {
        Terminal.endProgress()
        for note in summary.notes { Terminal.printError(note) }
        if check {
            Terminal.printError(summary.verdict)
            if summary.refused + summary.deadLettered > 0 { throw ExitStatus.failed }
            return
        }
        Terminal.printError("\(summary.published) published to \(target), \(summary.refused) left out")
        if let fates = summary.fates { Terminal.printError(fates) }
        if summary.refused > 0 { throw ExitStatus.failed }
    }

    /// What looks at events. Without its mappings there is none, which matters for `--check` only: whoever publishes need not have them.
    private func preview(_ settings: Settings) throws -> EntryPreview? {
        if check {
            return EntryPreview(settings.bridge, destination: try Usable.destination(path: settings.mappingsPath))
        }
        switch Usable.load(path: settings.mappingsPath) {
        case .success(let destination): return EntryPreview(settings.bridge, destination: destination)
        case .failure(let fault):
            Terminal.printError("warning: events are not looked at: \(fault)")
            return nil
        }
    }

    private func input() throws -> (descriptor: Int32, size: Int?) {
        guard let file, file != "-" else { return (STDIN_FILENO, nil) }
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            Terminal.printError("\(file) cannot be read: \(String(cString: strerror(errno)))")
            throw ExitStatus.unusable
        }
        let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
        return (descriptor, size)
    }
}

/// The settings that `publish` goes by, as flags.
struct PublishOptions: ParsableArguments {
    @OptionGroup var streams: StreamOptions
    @Option(.bridgeMappings) var bridgeMappings: String?

    func settings() throws -> Settings {
        try streams.settings(bridgeMappings.map { [Setting.bridgeMappings.key: $0] } ?? [:])
    }
}
