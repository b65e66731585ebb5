import ArgumentParser
import Loops
import LoopsSimulator
import RedisStreams

@testable import Bridge
@testable import StreamGroups

/// A fault that is built into replicas on purpose, to show that the judge finds it.
enum InjectedFault: String, CaseIterable, Sendable, ExpressibleByArgument {
    case none
    /// Every entry has a lane of its own, so that one contact's requests run side by side.
    case lanesOff = "lanes-off"
    /// Redis takes calls for partitions of others, and the replica never doubts its leases.
    case fenceOff = "fence-off"
    /// An entry counts as delivered when its request is about to be sent.
    case ackBeforeDelivery = "ack-before-delivery"
    /// A partition that had an owner before is read from its end, and not from its beginning.
    case skipHistory = "skip-history"
    /// The replica believes in its leases for much longer than it promised to others.
    case longLease = "long-lease"
    /// The next request of a contact follows at once after one that was given up.
    case lateEffectOff = "late-effect-off"
    /// Some events count as known to Loops, by a 409 that it never gave.
    case conflictsMadeUp = "conflicts-made-up"
    /// Some requests go to a contact with another address.
    case wrongContact = "wrong-contact"

    /// Whichever server answers is taken for the primary.
    case anyPrimary = "any-primary"

    /// Whether every replica has it; else only the first: one that misbehaves among good ones.
    var isEverywhere: Bool {
        switch self {
        case .none, .lanesOff, .ackBeforeDelivery, .skipHistory, .lateEffectOff, .conflictsMadeUp, .wrongContact,
            .anyPrimary:
            true
        case .fenceOff, .longLease: false
        }
    }

    /// A course that brings the fault to light.
    var course: Schedule? {
        switch self {
        case .none: nil
        case .lanesOff: Schedule([.reload])
        case .ackBeforeDelivery: Schedule([.crash, .crash, .crash])
        case .skipHistory: Schedule([.handover, .crash])
        case .fenceOff, .longLease: Schedule([.zombie, .zombie, .zombie])
        case .lateEffectOff, .conflictsMadeUp, .wrongContact: Schedule([.reload, .reload])
        case .anyPrimary: Schedule([.isolatedPrimary])
        }
    }

    /// The Redis that it needs, if not just any.
    var redis: RedisKind { self == .anyPrimary ? .sentinels : .pair }

    /// The simulator that it needs, if not just any.
    var profile: SimulatorProfile? { self == .lateEffectOff ? .hostile : nil }

    var faults: FaultInjection {
        var faults = FaultInjection()
        switch self {
        case .none: break
        case .lanesOff:
            faults.contactQueue = { entry in
                entry.moved(to: OrderingKey(stream: entry.contactQueue.stream, contact: entry.id.description))
            }
        case .fenceOff:
            faults.scripts[FetchScript.source].replace("~= lease then", "== 'never' then")
            faults.scripts[RouteScript.source].replace(
                "record == ARGV[place + 1] and (tails[i] or '0-0') == ARGV[place + 2]",
                "true"
            )
            faults.scripts[AcknowledgeScript.source].replace("== ARGV[at + 1] then", "~= 'never' then")
            faults.scripts[FetchScript.source].replace("if mistake then", "if false then")
            faults.scripts[AcknowledgeScript.source].replace("if mistake then", "if false then")
            faults.timing = { $0.believing(.seconds(3600)) }
        case .ackBeforeDelivery:
            faults.loops = { AnsweredTooEarly(loops: $0) }
        case .skipHistory:
            faults.scripts[FetchScript.source].replace(
                "local consumer =",
                """
                if after == '0-0' and not string.find(lease, '^1 ') then
                  for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
                    for k = 1, #info, 2 do if info[k] == 'last-delivered-id' then after = info[k + 1] end end
                  end
                end
                local consumer =
                """
            )
        case .longLease:
            faults.timing = { $0.believing(.seconds(3600)) }
        case .lateEffectOff: break
        case .anyPrimary: faults.confirmation = { _ in AnyServer() }
        case .conflictsMadeUp:
            faults.loops = { MadeUpConflicts(loops: $0) }
        case .wrongContact:
            faults.loops = { WrongContacts(loops: $0) }
        }
        return faults
    }
}

/// The answer comes first; the request follows when it gets round to it.
private struct AnsweredTooEarly: LoopsSending {
    let loops: any LoopsSending

    func send(_ request: EncodedRequest, deadline: ContinuousClock.Instant) async -> LoopsResponse? {
        Task { await loops.send(request, deadline: deadline) }
        return LoopsResponse(outcome: .delivered, message: "")
    }

    func testKey() async -> LoopsResponse { await loops.testKey() }
}

private struct MadeUpConflicts: LoopsSending {
    let loops: any LoopsSending

    func send(_ request: EncodedRequest, deadline: ContinuousClock.Instant) async -> LoopsResponse? {
        guard request.operation == .sendEvent, Int.random(in: 0..<20) == 0 else {
            return await loops.send(request, deadline: deadline)
        }
        return LoopsResponse(outcome: .alreadyDelivered, status: 409)
    }

    func testKey() async -> LoopsResponse { await loops.testKey() }
}

private struct WrongContacts: LoopsSending {
    let loops: any LoopsSending

    func send(_ request: EncodedRequest, deadline: ContinuousClock.Instant) async -> LoopsResponse? {
        guard Int.random(in: 0..<20) == 0 else { return await loops.send(request, deadline: deadline) }
        var other = request
        other.body = Array(
            String(decoding: request.body, as: UTF8.self).replacing("@example.com", with: "@example.org").utf8
        )
        return await loops.send(other, deadline: deadline)
    }

    func testKey() async -> LoopsResponse { await loops.testKey() }
}

private struct AnyServer: PrimaryConfirmation {
    func confirmation(_ client: RedisClient) async -> PrimaryDoubt? { nil }
}

extension PlannedEntry {
    fileprivate func moved(to contactQueue: OrderingKey) -> PlannedEntry {
        var entry = PlannedEntry(
            contactQueue: contactQueue,
            id: id,
            partition: partition,
            size: size,
            steps: steps,
            faults: faults,
            occurredAt: occurredAt
        )
        entry.tenure = tenure
        return entry
    }
}

extension LeaseTiming {
    /// The same heartbeat, and a lease that the replica takes to be longer.
    fileprivate func believing(_ lease: Duration) -> LeaseTiming {
        var timing = self
        timing.believed = lease
        return timing
    }
}

extension RedisScript {
    fileprivate mutating func replace(_ text: String, _ other: String) {
        precondition(source.contains(text), "the script \(name) has no \"\(text)\" any more: mend the plant")
        self = RedisScript(name: name, source: source.replacing(text, with: other))
    }
}
