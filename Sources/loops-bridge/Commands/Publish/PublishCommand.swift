import ArgumentParser
import Bridge
import BridgeService
import IngestService
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
        abstract: "Adds events from files, JSON lines or a JSON array, plain or as gzip, to a stream.",
        discussion: """
            A line is a Segment event, a batch ({"batch": […]}) or an array of events; a file may also be one array over many lines. Gzip is \
            recognised by its content. Of a folder all files are read whose names end with .ndjson, .jsonl, .json or .gz, in the order of their paths: \
            Segment's archives of raw data are read as they are.

            A batch is split, and so is an array: the events are added one by one, since a bridge cannot keep a batch of several contacts in \
            order. What is no JSON object is left out, named, and makes the exit status 1.

            --stream takes a pattern, 'segment:events:{0..3}', for a stream that is spread over several. Each event goes where the intake would put it: by \
            its contact (BRIDGE_CONTACT_KEYS). Without --stream, the streams are those that the first of BRIDGE_STREAMS belongs to.

            Each event is looked at as a bridge with these settings (BRIDGE_MAPPINGS, BRIDGE_CONTACT_KEYS, …) would: one that it would ignore \
            or dead-letter is named, and added all the same. With --check each event's requests are printed, nothing is added, and Redis is not asked.

            After a failure, SIGINT or SIGTERM it says how to go on. What may have been added already is added again then; an event that has a messageId \
            causes no second mail within 24 hours.

            Exit status: 0 all was published, 1 Redis failed or something was left out, with --check also when an event would be \
            dead-lettered, 2 the settings or a file cannot be used, 130 or 143 interrupted.
            """
    )

    @Argument(help: "Files and folders to read; standard input if none is given, or for '-'.", completion: .file())
    var files: [String] = []
    @Option(
        name: [.customLong("stream"), .customLong("streams")],
        help: "The stream to add to, or a pattern for several; those of BRIDGE_STREAMS if not given."
    )
    var stream: String?
    @Flag(help: "Prints what a bridge would make of each event and adds nothing.") var check = false
    @Option(help: "Adds at most this many events a second.") var rate: Double?
    @Option(help: "Begins at this line, of the first file that is read.") var fromLine = 1
    @Option(help: "Begins at this file of several, by its path.") var fromFile: String?
    @OptionGroup var options: PublishOptions

    func validate() throws {
        if fromLine < 1 { throw ValidationError("--from-line is the number of a line, from 1.") }
        if let rate, !PublishPace.rates.contains(rate) {
            let rates = "\(PublishPace.rates.lowerBound) to \(Int(PublishPace.rates.upperBound))"
            throw ValidationError("--rate is a number of events a second, from \(rates).")
        }
        if rate != nil, check { throw ValidationError("--check adds nothing: leave --rate out.") }
    }

    func run() async throws {
        let settings = try options.settings()
        var input: PublishFiles
        let targets: PublishTargets
        do {
            input = try PublishFiles(files)
            if let fromFile { try input.begin(at: fromFile) }
            targets = try PublishTargets(
                stream,
                read: settings.bridge.streams.map(\.name),
                contactPaths: settings.bridge.contactPaths
            )
        } catch {
            Terminal.printError("\(error)")
            throw ExitStatus.unusable
        }
        let read = settings.bridge.streams.map(\.name)
        if !targets.streams.allSatisfy(read.contains) {
            let all = read.joined(separator: ", ")
            Terminal.printError(
                "warning: no bridge with these settings reads \(targets.name): bridge.streams is \(all)"
            )
        }
        if input.skipped > 0 {
            let known = PublishFiles.suffixes.joined(separator: ", ")
            Terminal.printError("\(input.skipped) files of folders are left out: their names end with none of \(known)")
        }
        let clients = PublishClients(targets, redis: settings.bridge.redis)
        var run = PublishRun(
            files: input.paths.map { $0 == PublishFiles.standardInput ? "standard input" : $0 },
            targets: targets,
            preview: try preview(settings),
            clients: check ? nil : clients,
            rate: rate
        )
        EndRequest.listen()
        do {
            if check {
                try await Self.publish(input.paths, &run, from: fromLine)
            } else {
                if let warning = try await clients.checkShards() { Terminal.printError("warning: \(warning)") }
                try await clients.run {
                    try await Self.publish(input.paths, &run, from: fromLine)
                    try await run.finish()
                    guard run.summary.published > 0 else { return }
                    await Self.warn(of: clients.unread(), in: targets)
                }
            }
        } catch {
            Terminal.endProgress()
            throw failure(error, run, targets, settings.bridge.redis, input.paths)
        }
        try tell(run.summary, targets)
    }

    /// - Parameter unread: the streams that no group reads.
    private static func warn(of unread: [String], in targets: PublishTargets) {
        guard let first = unread.first else { return }
        let all =
            "no bridge reads \(targets.name) yet: \(unread.count) of its \(targets.streams.count) streams have no consumer group"
        let one = "no bridge reads \(first) yet: it has no consumer group"
        Terminal.printError("warning: \(unread.count > 1 ? all : one)")
    }

    private static func publish(_ paths: [String], _ run: inout PublishRun, from firstLine: Int) async throws {
        for (index, path) in paths.enumerated() {
            let isInput = path == PublishFiles.standardInput
            let descriptor = isInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw PublishSource.Fault(path, String(cString: strerror(errno))) }
            defer { if !isInput { close(descriptor) } }
            if isInput, Terminal.isTyped { Terminal.printError(LineReader.typedNotice) }
            try await run.publish(
                PublishSource(descriptor: descriptor, name: isInput ? "standard input" : path),
                file: index,
                size: isInput ? nil : (try? FileManager.default.attributesOfItem(atPath: path))?.integer(.size),
                from: index == 0 ? firstLine : 1
            )
        }
    }

    /// Tells why it ended and how to go on.
    /// - Returns: what the program ends with.
    private func failure(
        _ error: any Error,
        _ run: PublishRun,
        _ targets: PublishTargets,
        _ redis: RedisConfiguration,
        _ paths: [String]
    ) -> ExitCode {
        for note in run.summary.notes where !check { Terminal.printError(note) }
        let place = run.resumption
        var command = "--from-line \(place.line)"
        if paths.count > 1, paths.indices.contains(place.file) {
            command = "--from-file '\(paths[place.file])' " + command
        }
        var words = "Go on with \(command)."
        if place.event > 0 { words += " \(place.event) events of that line were added; they are added again." }
        let done = check ? "" : "; \(run.summary.published) events were published to \(targets.name) before that"
        switch error {
        case let fault as PublishSource.Fault:
            Terminal.printError("\(fault)\(done)")
            if run.summary.published > 0 { Terminal.printError(words) }
            return ExitStatus.unusable
        case let conflict as ShardRecord.Conflict:
            Terminal.printError("\(conflict)")
            return ExitStatus.unusable
        case let request as EndRequest:
            if check {
                Terminal.printError("Interrupted.")
            } else {
                Terminal.printError(
                    "Interrupted: \(run.summary.published) events were published to \(targets.name).\n\(words)"
                )
            }
            return ExitCode(128 + request.signal)
        default:
            Terminal.printError(
                """
                Publishing to \(targets.name) failed after \(run.summary.published) events: \(RedisWords.text(error, redis))
                \(words)
                """
            )
            return ExitStatus.failed
        }
    }

    private func tell(_ summary: PublishSummary, _ targets: PublishTargets) throws {
        Terminal.endProgress()
        if check {
            Terminal.printError(summary.verdict)
            if summary.refused + summary.deadLettered > 0 { throw ExitStatus.failed }
            return
        }
        for note in summary.notes { Terminal.printError(note) }
        Terminal.printError("\(summary.published) published to \(targets.name), \(summary.refused) left out")
        if let fates = summary.fates { Terminal.printError(fates) }
        if summary.refused > 0 { throw ExitStatus.failed }
    }

    /// What looks at events. Without its mappings there is none, which matters for `--check` only: whoever publishes need not have them.
    private func preview(_ settings: Settings) throws -> EntryPreview? {
        if check {
            return EntryPreview(settings.bridge, destination: try CommandInput.destination(path: settings.mappingsPath))
        }
        switch CommandInput.load(path: settings.mappingsPath) {
        case .success(let destination): return EntryPreview(settings.bridge, destination: destination)
        case .failure(let fault):
            Terminal.printError("warning: events are not looked at: \(fault)")
            return nil
        }
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
