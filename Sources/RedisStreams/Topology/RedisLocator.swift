import NIOCore
import NIOSupport

/// Finds the server that a client has to talk to: behind sentinels, or in a cluster.
struct RedisLocator: Sendable {
    let configuration: RedisConfiguration
    let directory: TopologyCache
    let eventLoop: any EventLoop

    /// Connects to the right server.
    /// - Throws: whatever kept it from being found or reached.
    func connect() async throws -> RedisConnection {
        switch configuration.address {
        case .host, .unix:
            let connection = try await RedisConnector(configuration: configuration, eventLoop: eventLoop).connect()
            // A sentinel takes none of the bridge's commands.
            guard connection.identity.mode == .sentinel, let advice = configuration.advice(for: .sentinel) else {
                return connection
            }
            let names = await Self.services(connection, within: configuration.connectTimeout)
            connection.close()
            throw TopologyError.sentinelAddress(advice: names.isEmpty ? advice : "\(advice) (\(names) here)")
        case .sentinel(_, let service):
            return try await connectToPrimary(of: service)
        case .cluster:
            let slot = HashSlot(configuration.slotKey ?? "")
            if let hint = directory.takeHint() { return try await connector(hint).connect() }
            return try await connector(owner(of: slot)).connect()
        }
    }

    /// A connection to one node, with the credentials of all.
    func connector(_ endpoint: RedisEndpoint) -> RedisConnector {
        var configuration = configuration
        configuration.address = .host(endpoint.host, port: endpoint.port)
        return RedisConnector(configuration: configuration, eventLoop: eventLoop)
    }

    private func connectToPrimary(of service: String) async throws -> RedisConnection {
        let endpoint = try await primary(of: service)
        let connection = try await connector(endpoint).connect()
        do {
            // Sentinels may lag behind what happened.
            let role = try await connection.ask(RedisCommand("ROLE"), within: configuration.connectTimeout)
            let name = role.array?.first?.text ?? "unknown"
            guard name == RedisRole.primary else { throw TopologyError.notPrimary(endpoint, role: name) }
            return connection
        } catch {
            connection.close()
            throw error
        }
    }

    private func primary(of service: String) async throws -> RedisEndpoint {
        var reasons: [String] = []
        for candidate in directory.candidates {
            let sentinel = sentinelConfiguration(candidate)
            let question = RedisCommand("SENTINEL", ["GET-MASTER-ADDR-BY-NAME", .string(service)])
            do {
                let answer = try await ask(question, of: RedisConnector(configuration: sentinel, eventLoop: eventLoop))
                guard let parts = answer.array, parts.count == 2, let host = parts[0].text,
                    let port = parts[1].integer.flatMap({ Int(exactly: $0) })
                else { throw TopologyError.unknownService(service) }
                directory.answered(candidate)
                return RedisEndpoint(host: host, port: port)
            } catch {
                reasons.append(Self.reason(error, candidate))
            }
        }
        throw TopologyError.noSentinel(service: service, reasons: reasons)
    }

    /// How to reach a sentinel.
    func sentinelConfiguration(_ endpoint: RedisEndpoint) -> RedisConfiguration {
        var sentinel = configuration
        sentinel.user = configuration.sentinelUser
        sentinel.password = configuration.sentinelPassword
        sentinel.database = 0
        sentinel.address = .host(endpoint.host, port: endpoint.port)
        return sentinel
    }

    private func owner(of slot: HashSlot) async throws -> RedisEndpoint {
        var reasons: [String] = []
        for candidate in directory.candidates {
            let answer: RedisValue
            do {
                answer = try await ask(RedisCommand("CLUSTER", ["SLOTS"]), of: connector(candidate))
            } catch {
                reasons.append(Self.reason(error, candidate))
                continue
            }
            directory.answered(candidate)
            let slots = ClusterSlots(answer, asked: candidate)
            directory.learn(slots.endpoints)
            guard let primary = slots.primary(of: slot)?.endpoint else { throw TopologyError.slotUnserved(slot) }
            return primary
        }
        throw TopologyError.noNode(reasons: reasons)
    }

    /// The names that a sentinel knows; empty when it does not tell.
    private static func services(_ connection: RedisConnection, within time: Duration) async -> String {
        let answer = try? await connection.ask(RedisCommand("SENTINEL", ["MASTERS"]), within: time)
        let names = (answer?.array ?? []).compactMap { $0.pairs?["name"]?.text }
        return names.isEmpty ? "" : "NAME is \(names.sorted().joined(separator: " or "))"
    }

    /// What kept a node from answering. The network's errors name the node themselves.
    static func reason(_ error: any Error, _ candidate: RedisEndpoint) -> String {
        if case .server(let fault)? = (error as? RedisError)?.reason {
            if fault.message.contains("cluster support disabled") {
                return "\(candidate) is no node of a cluster: set redis.url to redis://\(candidate)"
            }
            if fault.message.lowercased().hasPrefix("unknown command"), (error as? RedisError)?.command == "SENTINEL" {
                return "\(candidate) is no sentinel: set redis.url to redis://\(candidate), or to the sentinels' port"
            }
        }
        let text = NetworkErrorText.of(error)
        return text.hasPrefix("\(candidate.host):\(candidate.port): ") ? text : "\(candidate): \(text)"
    }

    /// Asks one thing on a connection of its own.
    func ask(_ command: RedisCommand, of connector: RedisConnector) async throws -> RedisValue {
        let connection = try await connector.connect()
        defer { connection.close() }
        return try await connection.ask(command, within: configuration.connectTimeout)
    }
}

/// What servers call themselves in ROLE.
enum RedisRole {
    /// Redis' word for a server that takes writes.
    static let primary = "master"
}
