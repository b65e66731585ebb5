package import Bridge
import HTTPTransport
package import Logging
package import Loops
import RedisStreams
import StreamGroups

/// Looks at Redis and Loops as the bridge would meet them. Delivers nothing, and changes nothing of the streams.
package struct ConnectionCheck: Sendable {
    private let configuration: BridgeConfiguration
    let logger: Logger

    package init(_ configuration: BridgeConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// The servers and streams. Never throws: what fails is a fault.
    /// - Parameter nonce: tells the keys of this check from those of another one at the same time.
    package func redis(nonce: String) async -> [CheckResult] {
        await GroupInspector.run(configuration, logger: logger) { views in
            var results: [CheckResult] = []
            var servers: Set<String> = []
            for view in views {
                do {
                    _ = try await view.client.ping()
                } catch {
                    results.append(unreachable("\(error)", view))
                    continue
                }
                do {
                    results += try await facts(view, &servers)
                    results.append(try await rights(view, nonce))
                    results += try await group(view)
                } catch {
                    results.append(failed(error, view))
                }
            }
            return results
        }
    }

    /// Loops' answer to `GET /api-key`.
    package func loops(_ answer: LoopsResponse) -> [CheckResult] {
        let base = configuration.loops.baseURL
        let way = configuration.loops.proxy.map { " through proxy \($0)" } ?? ""
        switch answer.outcome {
        case .delivered, .alreadyDelivered:
            var results = [CheckResult(.ok, "loops", "\(base) takes the API key\(way)")]
            if let limit = answer.rateLimit {
                let ours = configuration.rateLimit.map { $0 == 0 ? "no limit of ours" : "loops.rateLimit \($0)" }
                results.append(
                    CheckResult(
                        .ok,
                        "loops",
                        "the team may make \(limit) requests a second; \(ours ?? "the bridge follows that")"
                    )
                )
            }
            return results
        case .unauthorized:
            return [
                CheckResult(
                    .fault,
                    "loops",
                    "\(base) refuses the API key (\(answer.status ?? 0))",
                    advice: "Make a key in Loops under Settings, API, and set LOOPS_API_KEY or its file."
                )
            ]
        case .throttled:
            return [
                CheckResult(
                    .warning,
                    "loops",
                    "\(base) says that the team is over its rate limit",
                    advice:
                        "Another program uses the team's budget: slow it down, or lower loops.rateLimit. Check again."
                )
            ]
        case .wrongAddress:
            return [
                CheckResult(
                    .fault,
                    "loops",
                    "Loops' API is not at \(base): there is no \(base)/api-key (\(answer.status ?? 0))",
                    advice: "Set loops.baseURL to \(LoopsConfiguration.standardBaseURL), or leave it out."
                )
            ]
        case .retry, .rejected:
            return [
                CheckResult(
                    .fault,
                    "loops",
                    "\(base) does not answer as Loops does (\(answer.advice == nil ? answer.cause : answer.message))",
                    advice: answer.advice.map { "\($0)." }
                        ?? (way.isEmpty
                            ? "Check loops.baseURL, the way out to port 443 (a proxy? loops.proxy), and status.loops.so."
                            : "Check loops.baseURL,\(way.replacing(" through", with: " the")), and status.loops.so.")
                )
            ]
        }
    }

    /// The servers' own facts, once for each server.
    private func facts(_ view: GroupInspector, _ servers: inout Set<String>) async throws -> [CheckResult] {
        let info = ServerInfo(try await view.client.send(RedisCommand("INFO")).text ?? "")
        guard servers.insert(info["run_id"] ?? "").inserted else { return [] }
        var results = [CheckResult(.ok, "redis", "\(view.client.configuration) answers")] + ServerFacts(info).results
        if let advice = view.client.configuration.advice(for: info.mode) {
            let parts = advice.split(separator: ": ", maxSplits: 1)
            results.append(CheckResult(.fault, "redis", String(parts[0]), advice: "S\(parts[1].dropFirst())."))
        }
        if let failover = await failover(view, info, configuration.redis) { results.append(failover) }
        return results
    }

    private func rights(_ view: GroupInspector, _ nonce: String) async throws -> CheckResult {
        let isLimited = configuration.rateLimit != 0 && !configuration.redis.isCluster
        let probe = PermissionProbe(
            keys: view.keys,
            group: view.group,
            limiter: isLimited ? GroupKeys.limiter(apiKey: configuration.loops.apiKey) : nil,
            nonce: nonce
        )
        let errors = try await view.client.pipeline(probe.commands).map { answer -> RedisServerError? in
            guard case .failure(let fault) = answer else { return nil }
            return fault
        }
        return probe.result(errors)
    }

    private func group(_ view: GroupInspector) async throws -> [CheckResult] {
        var facts = GroupFacts(stream: view.keys.stream, group: view.group)
        facts.info = try await view.streamInfo()
        try await checkTypes(view)
        facts.groupInfo = try await view.groupInfo()
        facts.state = try await naming(view.keys.state) { try await view.hash(view.keys.state) }
        facts.members = try await naming(view.keys.members) { try await view.members().count }
        facts.deadLetters = try await naming(view.keys.deadLetters) {
            try await view.client.length(view.keys.deadLetters)
        }
        let retention = RetentionFacts(
            stream: view.keys.stream,
            info: facts.info,
            trimsFinished: configuration.trimFinishedAfter != nil
        )
        return facts.results(
            partitions: configuration.partitions,
            rule: configuration.keyRule,
            start: configuration.groupStart
        ) + [retention.result].compactMap { $0 }
    }

    /// - Throws: ``ForeignKey`` when one of the keys beside the stream, or the limiter's, is of another type.
    private func checkTypes(_ view: GroupInspector) async throws {
        let isLimited = configuration.rateLimit != 0 && !configuration.redis.isCluster
        let limiter = isLimited ? [(key: GroupKeys.limiter(apiKey: configuration.loops.apiKey), type: "hash")] : []
        let wanted = view.keys.types + limiter + [(view.keys.deadLetters, "stream")]
        let answers = try await view.client.pipeline(wanted.map { RedisCommand("TYPE", [.string($0.key)]) })
        for (wanted, answer) in zip(wanted, answers) {
            // A user without the right to ask is told of that by the check of rights.
            guard case .success(let value) = answer, let type = value.text, type != "none", type != wanted.type else {
                continue
            }
            throw ForeignKey(key: wanted.key)
        }
    }

    /// A key that belongs to the stream and is of another type than the bridge wants.
    private struct ForeignKey: Error {
        let key: String
    }

    /// Puts the key's name to what Redis says of its type.
    private func naming<Value>(_ key: String, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as RedisError {
            if case .server(let answer) = error.reason, answer.code == "WRONGTYPE" { throw ForeignKey(key: key) }
            throw error
        }
    }

    private func unreachable(_ error: String, _ view: GroupInspector) -> CheckResult {
        let advice: String? =
            if error.contains("set redis.url to") || error.contains("TLS: the certificate") {
                nil
            } else if error.contains("AUTH") || error.contains("NOAUTH") {
                "Check the user and the password in redis.url, and whether Redis wants any."
            } else {
                "Check redis.url (host, port, user, password, rediss:// for TLS), and that Redis runs and can be reached from here."
            }
        return CheckResult(.fault, "redis", "\(view.client.configuration) cannot be used: \(error)", advice: advice)
    }

    private func failed(_ error: any Error, _ view: GroupInspector) -> CheckResult {
        if let foreign = error as? ForeignKey {
            return CheckResult(
                .fault,
                view.keys.stream,
                "the key \(foreign.key), which the bridge needs, is of another type: another program uses it",
                advice: "Use another bridge.group or bridge.deadLetterStream, or delete the key."
            )
        }
        var isNoStream = false
        if case .server(let answer)? = (error as? RedisError)?.reason { isNoStream = answer.code == "WRONGTYPE" }
        return CheckResult(
            .fault,
            view.keys.stream,
            isNoStream ? "the key \(view.keys.stream) holds no stream" : "\(error)",
            advice: isNoStream
                ? "Check bridge.streams." : "Check the rights of the Redis user (docs/reference/redis.md)."
        )
    }
}
