import ArgumentParser
import LoopsSimulator

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@main
struct TortureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "torture",
        abstract: "Do harm to replicas and to Redis, and judge whether the promises were kept.",
        subcommands: [RunCommand.self, ReplicaCommand.self],
        defaultSubcommand: RunCommand.self
    )

    struct RunCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "run", abstract: "Run seeds one after another.")

        @Option(help: "How many seeds.") var seeds = 5
        @Option(help: "The first seed.") var from: UInt64 = 1
        @Option(help: "Replicas at the start.") var replicas = 3
        @Option(help: "Contacts.") var contacts = 60
        @Option(help: "Events published before each action.") var burst = 150
        @Option(help: "Actions of the nemesis a seed; each once without this.") var actions: Int?
        @Option(help: "Which Redis is harmed: pair, sentinels or cluster; of five seeds one of each without this.")
        var redis: RedisKind?
        @Flag(help: "Let identifies come in runs and be merged; every other seed does so without this.") var merges =
            false
        @Option(help: "A fault to plant: \(InjectedFault.allCases.map(\.rawValue).joined(separator: ", ")).")
        var plant =
            InjectedFault
            .none

        func run() async throws {
            let profiles: [SimulatorProfile] = [.documented, .lenient, .hostile]
            var passed = 0
            for seed in from..<(from + UInt64(seeds)) {
                var settings = TortureSettings(executable: CommandLine.arguments[0])
                settings.seed = seed
                settings.profile = plant.profile ?? profiles[Int(seed % 3)]
                settings.replicas = replicas
                settings.contacts = contacts
                settings.burst = burst
                settings.merges = merges || seed.isMultiple(of: 2)
                settings.actions = actions
                settings.redis = redis ?? (plant == .none ? RedisKind(seed: seed) : plant.redis)
                settings.plant = plant
                settings.course = plant.course
                let report = try await Torture.run(settings)
                print(report.text)
                fflush(nil)
                if report.failures.isEmpty { passed += 1 }
            }
            print("\(passed) passed, \(seeds - passed) failed")
            if passed < seeds { throw ExitCode.failure }
        }
    }
}
