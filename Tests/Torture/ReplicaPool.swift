import DevKit
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The replicas that run now, each a process of its own.
actor ReplicaPool {
    private let executable: String
    private let arguments: [String]
    private let launches: AsyncStream<Launch>.Continuation
    private var running: [String: ChildProcess] = [:]
    private var stopped: Set<String> = []
    private var count = 0
    /// What replicas that have ended said of their own order.
    private var confessions: [String] = []
    private var lateRequests = 0

    private struct Launch: Sendable {
        let name: String
        let plant: InjectedFault
        let lease: Duration
        let started = OneTime<ChildProcess?>()
    }

    private init(executable: String, arguments: [String], launches: AsyncStream<Launch>.Continuation) {
        self.executable = executable
        self.arguments = arguments
        self.launches = launches
    }

    /// - Parameter arguments: for `torture replica`, all but name and plant.
    static func run<Result: Sendable>(
        executable: String,
        arguments: [String],
        body: @Sendable @escaping (ReplicaPool) async throws -> Result
    ) async throws -> Result {
        let (stream, continuation) = AsyncStream<Launch>.makeStream()
        let pool = ReplicaPool(executable: executable, arguments: arguments, launches: continuation)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await withDiscardingTaskGroup { children in
                    for await launch in stream {
                        children.addTask {
                            let lease = String(Int(launch.lease / .milliseconds(1)))
                            let all =
                                ["replica", "--instance", launch.name, "--plant", launch.plant.rawValue]
                                + ["--lease-milliseconds", lease] + arguments
                            try? await ChildProcess.run(executable, arguments: all) { child in
                                _ = await child.line { $0 == "replica is up" }
                                launch.started.set(child)
                                await child.exited()
                                await pool.ended(child)
                            }
                            launch.started.set(nil)
                        }
                    }
                }
            }
            do {
                let result = try await body(pool)
                await pool.endAll()
                continuation.finish()
                try await group.waitForAll()
                return result
            } catch {
                await pool.endAll()
                continuation.finish()
                throw error
            }
        }
    }

    /// Names of the replicas that run and are not stopped.
    var awake: [String] { running.keys.filter { !stopped.contains($0) }.sorted() }
    var asleep: [String] { stopped.sorted() }

    /// Lines in which replicas say that a contact's entries ended out of order.
    var outOfOrder: [String] { confessions + running.values.flatMap(Self.confessions(of:)) }

    /// How many requests replicas say to have sent late: they were stopped between the last look at the lease and the system call, where nothing can
    /// hold them back. The deliverer counts each.
    var sentLate: Int { lateRequests + running.values.map(Self.lateRequests(of:)).reduce(0, +) }

    private func ended(_ child: ChildProcess) {
        confessions += Self.confessions(of: child)
        lateRequests += Self.lateRequests(of: child)
    }

    private static func confessions(of child: ChildProcess) -> [String] {
        child.output.filter { $0.contains("ended out of order") }
    }

    private static func lateRequests(of child: ChildProcess) -> Int {
        child.output.count { $0.contains("A request left after its lease had ended") }
    }

    @discardableResult
    func start(plant: InjectedFault, lease: Duration = TortureTiming.lease) async -> String {
        count += 1
        let launch = Launch(
            name: "r\(count)",
            plant: count == 1 || plant.isEverywhere ? plant : .none,
            lease: lease
        )
        launches.yield(launch)
        running[launch.name] = await launch.started.value
        return launch.name
    }

    func send(_ signal: Int32, to name: String) {
        running[name]?.send(signal)
        if signal == SIGSTOP { stopped.insert(name) }
        if signal == SIGCONT { stopped.remove(name) }
    }

    /// Ends a replica and waits for its end.
    func end(_ name: String, _ signal: Int32) async {
        guard let child = running.removeValue(forKey: name) else { return }
        child.send(signal)
        if stopped.remove(name) != nil { child.send(SIGCONT) }
        await child.exited()
    }

    private func endAll() async {
        for name in running.keys.sorted() { await end(name, SIGKILL) }
    }
}
