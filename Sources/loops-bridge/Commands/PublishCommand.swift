import ArgumentParser
import Bridge
import Foundation
import Logging
import RedisStreams

/// Events into a stream.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Adds events (NDJSON, one Segment event or batch a line) to a stream.",
        discussion: """
            A batch is split: its events are added one by one, since a bridge cannot keep a batch of several contacts in order. \
            Lines that are not JSON objects are left out, named, and make the exit status 1.

            Exit status: 0 all was published, 1 Redis failed or lines were left out, 2 the settings or the file cannot be used.
            """
    )

    @Argument(help: "The file to read; standard input if not given or '-'.") var file: String?
    @Option(help: .init(SettingsFile.help)) var config: String?
    @Option(help: .init(Setting.redisURL.help)) var redisUrl: String?
    @Option(help: "The stream to add to; the first of BRIDGE_STREAMS if not given.") var stream: String?

    /// Commands that leave together.
    private static let batch = 500

    func run() async throws {
        let (redis, target) = try target()
        let (descriptor, size) = try open()
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        let client = RedisClient(configuration: redis, logger: Loggers.logger(.init(level: .error)))
        var summary = PublishSummary()
        do {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { await client.run() }
                defer { tasks.cancelAll() }
                try await publish(from: descriptor, size: size, to: target, client: client, &summary)
            }
        } catch {
            Terminal.endProgress()
            for fault in summary.firstFaults { Terminal.complain(fault) }
            if let fault = error as? LineReader.Fault {
                Terminal.complain("\(fault); \(summary.published) events were published to \(target) before that")
                throw ExitStatus.unusable
            }
            Terminal.complain(
                "Publishing to \(target) failed after \(summary.published) events, at line \(summary.line) or a little before: \(error)"
            )
            throw ExitStatus.failed
        }
        Terminal.endProgress()
        for fault in summary.firstFaults { Terminal.complain(fault) }
        Terminal.complain("\(summary.published) published to \(target), \(summary.refused) left out")
        if summary.refused > 0 { throw ExitStatus.failed }
    }

    /// Where events go. Ends the program when the settings cannot be used.
    private func target() throws -> (redis: RedisConfiguration, stream: String) {
        do {
            var reader = SettingsReader(
                flags: redisUrl.map { [Setting.redisURL.key: $0] } ?? [:],
                environment: ProcessInfo.processInfo.environment,
                file: try SettingsFile.load(config)
            )
            let streams = reader.weightedList(.bridgeStreams)
            var redis = Settings.redis(&reader)
            if !reader.faults.isEmpty { throw SettingsFaults(faults: reader.faults) }
            let target = stream ?? streams.first?.name ?? "segment:events"
            // On a cluster, the server that holds this stream.
            redis.slotKey = target
            return (redis, target)
        } catch {
            Terminal.complain("\(error)")
            throw ExitStatus.unusable
        }
    }

    private func open() throws -> (descriptor: Int32, size: Int?) {
        guard let file, file != "-" else { return (STDIN_FILENO, nil) }
        let descriptor = Foundation.open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            Terminal.complain("\(file) cannot be read: \(String(cString: strerror(errno)))")
            throw ExitStatus.unusable
        }
        let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
        return (descriptor, size)
    }

    /// What is read, for people.
    private var name: String { file.flatMap { $0 == "-" ? nil : $0 } ?? "standard input" }

    private func publish(
        from descriptor: Int32,
        size: Int?,
        to stream: String,
        client: RedisClient,
        _ summary: inout PublishSummary
    ) async throws {
        var commands: [RedisCommand] = []
        var lines = LineReader(fileDescriptor: descriptor, name: name)
        while let line = try lines.next() {
            summary.line += 1
            if line.isEmpty { continue }
            switch PublishLine(line) {
            case .events(let events):
                for event in events {
                    commands.append(
                        RedisCommand("XADD", [.string(stream), .string("*"), .string("event"), .bytes(event)])
                    )
                }
            case .refused(let reason):
                summary.refuse("line \(summary.line): \(reason)")
            }
            if commands.count >= Self.batch {
                try await send(&commands, client, &summary)
                let share = size.map { " \(min(100, lines.bytesRead * 100 / max($0, 1))) %" } ?? ""
                Terminal.progress("\(summary.published) published\(share)")
            }
        }
        try await send(&commands, client, &summary)
    }

    private func send(_ commands: inout [RedisCommand], _ client: RedisClient, _ summary: inout PublishSummary)
        async throws
    {
        if commands.isEmpty { return }
        // One after the other: what was added before a failure is counted.
        for answer in try await client.pipeline(commands) {
            _ = try answer.get()
            summary.published += 1
        }
        commands.removeAll(keepingCapacity: true)
    }
}

/// What came of publishing.
struct PublishSummary {
    /// The most faults that are named.
    static let maxFaults = 20

    var published = 0
    /// The last line that was read, from 1.
    var line = 0
    private(set) var refused = 0
    private(set) var firstFaults: [String] = []

    mutating func refuse(_ fault: String) {
        refused += 1
        if firstFaults.count < Self.maxFaults { firstFaults.append(fault) }
    }
}
