import Hummingbird
import JSON

extension AdminServer {
    /// What may be looked at. Lists come 1,000 at a time; `since` goes on.
    func addInspection(to group: RouterGroup<BasicRequestContext>) {
        let simulator = simulator
        group.get("health") { _, _ in
            answer(simulator.withSimulation { $0.healthBody })
        }
        group.get("config") { _, _ in
            answer(simulator.withSimulation { .object(SimulatorSetting.values(of: $0.configuration)) })
        }
        group.get("requests") { request, _ in
            await guarded {
                let since = try request.number("since", default: 0)
                let limit = Int(clamping: try request.number("limit", default: 1_000))
                return answer(
                    simulator.withSimulation { simulation in
                        let entries = simulation.journal.elements(after: since, limit: max(0, min(limit, 10_000)))
                        return simulation.journal.page(
                            "requests",
                            entries.map(\.reportBody),
                            last: entries.last?.sequence
                        )
                    }
                )
            }
        }
        group.get("effects") { request, _ in
            await guarded {
                let since = try request.number("since", default: 0)
                let limit = Int(clamping: try request.number("limit", default: 1_000))
                let contact = request.text("contact")
                let event = request.text("event")
                return answer(
                    simulator.withSimulation { simulation in
                        let all = simulation.state.effects.elements(after: since)
                        let found = all.lazy.filter { $0.isAbout(contact: contact, event: event) }
                        let effects = Array(found.prefix(max(0, min(limit, 10_000))))
                        return simulation.state.effects.page(
                            "effects",
                            effects.map(\.reportBody),
                            last: effects.last?.sequence
                        )
                    }
                )
            }
        }
        group.get("mails") { request, _ in
            await guarded {
                let since = try request.number("since", default: 0)
                return answer(
                    simulator.withSimulation { simulation in
                        let mails = simulation.state.effects.elements(after: since).lazy.filter { $0.mailBody != nil }
                        let page = Array(mails.prefix(1_000))
                        return simulation.state.effects.page(
                            "mails",
                            page.compactMap(\.mailBody),
                            last: page.last?.sequence
                        )
                    }
                )
            }
        }
        group.get("contacts") { _, _ in
            answer(simulator.withSimulation { $0.contactsBody(limit: 1_000) })
        }
        group.get("contact") { request, _ in
            await guarded {
                guard let name = request.text("userId") ?? request.text("email") ?? request.text("id") else {
                    throw AdminError("contact: give userId, email or id")
                }
                let contact = simulator.withSimulation {
                    $0.state.contact(name, emailCase: $0.configuration.validation.emailCase)
                }
                guard let contact else { return answer(["error": "there is no such contact"], status: .notFound) }
                return answer(contact.reportBody)
            }
        }
        group.get("idempotency") { _, _ in answer(simulator.withSimulation { $0.idempotencyBody(limit: 1_000) }) }
        group.get("ratelimit") { _, _ in answer(simulator.withSimulation { $0.rateLimitBody }) }
        group.get("violations") { _, _ in answer(simulator.withSimulation { $0.violationsBody(limit: 1_000) }) }
        group.get("stats") { _, _ in answer(simulator.withSimulation { $0.statisticsBody }) }
    }
}
