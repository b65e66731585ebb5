import Hummingbird
import JSON

extension AdminServer {
    /// What may be changed and asked.
    func addControl(to group: RouterGroup<BasicRequestContext>) {
        let simulator = simulator
        group.put("config") { request, _ in
            await guarded {
                let values = try await object(of: request)
                let result = simulator.withSimulation { simulation -> Result<JSONObject, SettingFaults> in
                    var configuration = simulation.configuration
                    do throws(SettingFaults) {
                        try SimulatorSetting.apply(values, to: &configuration)
                    } catch {
                        return .failure(error)
                    }
                    simulation.apply(configuration)
                    return .success(SimulatorSetting.values(of: simulation.configuration))
                }
                return answer(.object(try result.get()))
            }
        }
        group.post("reset") { _, _ in
            simulator.reset()
            return answer(["ok": true])
        }
        group.post("clock") { request, _ in
            await guarded {
                let body = try await object(of: request)
                let monotonic = MachineTime.monotonic
                let now = simulator.withSimulation { simulation in
                    if case .int(let milliseconds)? = body["advance_ms"], milliseconds > 0 {
                        simulation.clock.advance(
                            nanoseconds: min(milliseconds, Int64.max / 1_000_000) * 1_000_000
                        )
                    }
                    switch body["freeze"]?.boolValue {
                    case true?: simulation.clock.freeze(monotonic: monotonic)
                    case false?: simulation.clock.thaw(monotonic: monotonic)
                    case nil: break
                    }
                    return simulation.clock.now(monotonic: monotonic)
                }
                return answer(["now_ms": .int(now / 1_000_000)])
            }
        }
        group.post("seed") { request, _ in
            await guarded {
                let seed = try StateSeed(try await object(of: request))
                return answer([
                    "ok": true, "refused": .array(simulator.withSimulation { seed.apply(to: &$0) }.map { .string($0) }),
                ])
            }
        }
        group.post("outage") { request, _ in
            await guarded {
                guard case .int(let milliseconds)? = try await object(of: request)["ms"], milliseconds > 0 else {
                    throw AdminError("ms: a number of milliseconds above 0 is needed")
                }
                try await simulator.refuseConnections(milliseconds: milliseconds)
                return answer(["ok": true])
            }
        }
        group.post("wait") { request, _ in
            await guarded {
                let body = try await object(of: request)
                guard case .int(let count)? = body["count"] else {
                    throw AdminError("count: a number of effects is needed")
                }
                let timeout = Int(min(max(0, body["timeout"]?.doubleValue ?? 10_000), 600_000))
                let isThere = await simulator.waitForEffects(
                    count: Int(clamping: count),
                    timeout: .milliseconds(timeout)
                )
                let effects = simulator.withSimulation { $0.state.effectCounts.values.reduce(0, +) }
                return answer(
                    ["reached": .bool(isThere), "effects": .int(effects)],
                    status: isThere ? .ok : .requestTimeout
                )
            }
        }
        group.post("assert") { request, _ in
            await guarded {
                let assertion = try AssertionRequest(try await object(of: request))
                let simulation = simulator.withSimulation { $0 }
                let verdict = assertion.verdict(on: simulation)
                return answer(verdict.reportBody, status: verdict.isPassed ? .ok : .expectationFailed)
            }
        }
    }

    func addFaults(to group: RouterGroup<BasicRequestContext>) {
        let simulator = simulator
        group.get("faults") { _, _ in
            answer(simulator.withSimulation { .array($0.faults.entries.map(\.reportBody)) })
        }
        group.post("faults") { request, _ in
            await guarded {
                let rule = try FaultRule(parsing: try await object(of: request))
                let id = simulator.withSimulation { simulation -> Int? in
                    guard simulation.faults.entries.count < simulation.configuration.bounds.faultRulesMaximum else {
                        return nil
                    }
                    return simulation.faults.add(rule)
                }
                guard let id else { throw AdminError("there are too many fault rules; DELETE some") }
                return answer(["id": .int(Int64(id))])
            }
        }
        group.delete("faults") { request, _ in
            await guarded {
                let id = try request.number("id", default: -1)
                let isFound = simulator.withSimulation { simulation in
                    if id >= 0 { return simulation.faults.remove(id: Int(clamping: id)) }
                    simulation.faults.removeAll()
                    return true
                }
                return answer(["ok": .bool(isFound)], status: isFound ? .ok : .notFound)
            }
        }
    }
}
