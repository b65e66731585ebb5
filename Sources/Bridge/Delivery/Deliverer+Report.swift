import Logging
import Loops
import StreamGroups
import Support

extension Deliverer {
    /// Tells what came of a request, and what it changed for all others.
    func report(
        _ start: ContactQueues.RequestStart,
        _ call: EncodedRequest,
        _ settled: DeliveryState.Settled
    ) {
        let answer = settled.answer
        // All is well: nothing to tell, and the words for it are not made up.
        if answer.outcome == .delivered && settled.change == .nothing { return }
        var metadata: Logger.Metadata = [
            "stream": "\(streams[start.key.stream].keys.stream)",
            "id": "\(start.entry)",
            "operation": "\(start.step.call.operation.rawValue)",
            "status": "\(answer.status.map(String.init) ?? "none")",
            "attempt": "\(start.attempt)",
            "contact": "\(Redaction.hash(start.key.contact))",
        ]
        if !answer.outcome.isDelivered { metadata["error"] = "\(answer.cause)" }
        if let id = answer.requestID { metadata["requestId"] = "\(id)" }
        if let key = call.idempotencyKey { metadata["idempotencyKey"] = "\(key)" }
        if let trace = call.trace {
            metadata["traceId"] = "\(trace.traceID)"
            metadata["spanId"] = "\(trace.spanID)"
        }
        switch settled.change {
        case .nothing, .throttled: break
        case .resumed:
            logThrottle.log(.notice, key: "resumed", "Circuit breaker closed; resuming deliveries", metadata: [:])
        case .opened:
            logThrottle.log(
                .error,
                key: "opened",
                "Circuit breaker opened: Loops is unavailable; probing",
                metadata: metadata
            )
        case .refused: reportRefused(answer, metadata)
        }
        if case .retry(let why) = answer.outcome {
            metrics.retried(why.rawValue)
            logThrottle.log(.warning, key: why.rawValue, "Request to Loops failed; retrying", metadata: metadata)
        }
        if case .throttled = answer.outcome {
            metrics.retried("throttled")
            logThrottle.log(
                .warning,
                key: "throttled",
                "Loops reported that the team exceeded its rate limit",
                metadata: metadata
            )
        }
        if case .rejected(.unconfirmed) = answer.outcome {
            logThrottle.log(
                .error,
                key: "unconfirmed",
                "Loops knows this idempotency key, and no attempt can have succeeded: the event is dead-lettered",
                metadata: metadata
            )
        }
        if case .rejected(.idempotencyConflict) = answer.outcome {
            logThrottle.log(
                .error,
                key: "conflict",
                "Loops has another body under this idempotency key: two events share a messageId",
                metadata: metadata
            )
        }
    }

    /// A request left after the lease that allowed it. Nobody can call it back, so it is counted and told.
    func reportLate(_ start: ContactQueues.RequestStart) {
        metrics.stream(start.key.stream).sentLate()
        logThrottle.log(
            .error,
            key: "late",
            "A request left after its lease had ended: the process was stopped while it wrote; its contact may be out of order",
            metadata: [
                "stream": "\(streams[start.key.stream].keys.stream)",
                "id": "\(start.entry)",
                "partition": "\(start.partition)",
                "operation": "\(start.step.call.operation.rawValue)",
                "contact": "\(Redaction.hash(start.key.contact))",
            ]
        )
    }

    func reportRefused(_ answer: LoopsResponse, _ metadata: Logger.Metadata) {
        if answer.outcome == .wrongAddress {
            logThrottle.log(
                .error,
                key: "address",
                "Loops' API is not at this address; everything is held until it is. Check LOOPS_BASE_URL",
                metadata: metadata.merging(["baseURL": "\(baseURL)"]) { $1 }
            )
            return
        }
        logThrottle.log(
            .error,
            key: "refused",
            "Loops rejected the API key; deliveries are blocked. Check LOOPS_API_KEY",
            metadata: metadata
        )
    }
}
