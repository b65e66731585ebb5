import ArgumentParser
import LoopsSimulator

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a bridge makes of Loops' limit, seen from Loops' side: `make bench-budget` prints the tables of this.
@main
struct BudgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budget",
        abstract: "Measure what becomes of the request budget, against the simulator.",
        subcommands: [Limits.self, Beside.self, Traces.self, Backfill.self, All.self],
        defaultSubcommand: All.self
    )

    struct Options: ParsableArguments {
        @Option(help: "The bridge's executable.") var program = ".build/release/loops-bridge"
        @Option(help: "The seed of everything random.") var seed: UInt64 = 1
    }

    struct Limits: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Accepted requests under each kind of limiter.")
        @OptionGroup var options: Options
        @Option(help: "Seconds that are measured.") var seconds = 15
        @Option(help: "The limits, in requests a second.") var limit: [Int] = [10, 100]
        @Option(help: "Numbers of replicas.") var replicas: [Int] = [1, 2, 4]

        func run() async throws {
            var table = Table(["limiter", "limit", "replicas", "accepted ÷ limit", "429 share", "fairness"])
            for limit in limit {
                for replicas in replicas {
                    let runs = RateLimiterConfiguration.Kind.allCases.map {
                        LimitRun(kind: $0, limit: limit, replicas: replicas, seconds: seconds, options: options)
                    }
                    // Side by side: each has a Redis, a simulator and replicas of its own, and all of them mostly wait. Not where they would
                    // fill the machine: late processes lose permits.
                    if limit <= Self.highestInParallel {
                        for row in try await inParallel(runs.map { run in { try await run.row() } }) { table.add(row) }
                    } else {
                        for run in runs { table.add(try await run.row()) }
                    }
                }
            }
            print(table.text)
        }

        private static let highestInParallel = 100
    }

    struct Beside: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Neighbours with the same key, limits that are not told, clocks that are set back."
        )
        @OptionGroup var options: Options
        @Option(help: "Seconds that are measured.") var seconds = 60
        @Option(help: "Numbers of replicas.") var replicas: [Int] = [1, 4]
        @Option(help: "Only cases whose name has this in it.") var only = ""

        func run() async throws {
            var table = Table(BesideRun.head)
            for what in BesideRun.Case.all where only.isEmpty || what.name.contains(only) {
                for replicas in replicas {
                    let runs = RateLimiterConfiguration.Kind.allCases.map {
                        BesideRun(what: what, kind: $0, replicas: replicas, seconds: seconds, options: options)
                    }
                    for row in try await inParallel(runs.map { run in { try await run.row() } }) { table.add(row) }
                }
            }
            print(table.text)
        }
    }

    struct Traces: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Events a request, by trace and kind of coalescing.")
        @OptionGroup var options: Options
        @Option(help: "Minutes of traffic; they pass ten times as fast, with ten times the limit.") var minutes = 5

        func run() async throws {
            var table = Table([
                "trace", "coalesce", "events", "requests", "events ÷ request", "drained after", "changes lost",
                "out of order",
            ])
            for trace in [
                Trace.pageLoads(seed: options.seed, minutes: minutes), .funnels(seed: options.seed, minutes: minutes),
            ] {
                let runs = ["off", "lossless", "latest"].map { TraceRun(trace: trace, coalesce: $0, options: options) }
                for row in try await inParallel(runs.map { run in { try await run.row() } }) { table.add(row) }
            }
            print(table.text)
        }
    }

    struct Backfill: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Live events beside a backfill, by weight 10:1.")
        @OptionGroup var options: Options
        @Option(help: "Identifies of the backfill.") var entries = 1_000_000
        @Option(help: "Seconds of live traffic.") var seconds = 90
        @Option(help: "Live events a second.") var rate = 3.0

        func run() async throws {
            let run = BackfillRun(entries: entries, seconds: seconds, rate: rate, options: options)
            print(try await run.table().text)
        }
    }

    struct All: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "All of it.")
        @OptionGroup var options: Options

        func run() async throws {
            let arguments = ["--program", options.program, "--seed", String(options.seed)]
            try await Limits.parse(arguments).run()
            try await Beside.parse(arguments).run()
            try await Traces.parse(arguments).run()
            try await Backfill.parse(arguments).run()
        }
    }
}

/// Runs all at once and gives the results in their order.
private func inParallel<Result: Sendable>(_ works: [@Sendable () async throws -> Result]) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        for (index, work) in works.enumerated() { group.addTask { (index, try await work()) } }
        var results: [Int: Result] = [:]
        for try await (index, result) in group { results[index] = result }
        return works.indices.compactMap { results[$0] }
    }
}
