import Bridge
import Destination
import HTTPTypes
import Hummingbird
import JSON
import Loops
import NIOCore

/// `/mappings.json`: the mappings in force and what they did. `POST /mappings/try`: what they would make of an event; nothing is sent.
struct MappingsRoutes: Sendable {
    let bridge: Bridge
    /// nil: nobody sees more than anyone.
    let gate: TokenGate?
    /// The mappings file; nil for the presets.
    let path: String?

    /// The most of an event that is tried, in bytes.
    static let maxEventBytes = 64 << 10

    func add(to router: Router<AdminRequestContext>) {
        router.get("/mappings.json") { request, context in
            await GuardedResponse.of(request, context, gate, for: "mappings") { list($0) }
        }
        router.post("/mappings/try") { request, context in
            await GuardedResponse.of(request, context, gate, for: "try") { access in
                guard access >= .viewer else {
                    return GuardedResponse.fault(
                        .unauthorized,
                        "This needs the token of http.viewToken or http.controlToken.",
                        [.wwwAuthenticate: "Bearer"]
                    )
                }
                return await explain(request)
            }
        }
    }

    private func list(_ access: Access) -> Response {
        let load = bridge.mappingsLoad
        let showsAll = access >= .viewer
        return GuardedResponse.json([
            "access": .string(access.name),
            "source": .optional(path),
            "digest": .string(bridge.mappingsDigest),
            "loadedAt": .optional(load.loadedAt),
            "refusedAt": .optional(load.refusal?.at),
            "refusal": showsAll ? .optional(load.refusal?.reason) : .null,
            "account": bridge.status.account.json,
            "mappings": .array(bridge.mappings.map { json($0, showsAll: showsAll) }),
        ])
    }

    private func json(_ status: MappingStatus, showsAll: Bool) -> JSONValue {
        let mapping = status.mapping
        return [
            "name": .string(mapping.name),
            "action": .string(mapping.action.rawValue),
            "enabled": .bool(mapping.isEnabled),
            "priority": .int(Int64(mapping.priority)),
            // What a file says may name people.
            "trigger": showsAll ? .string(mapping.triggerText) : .null,
            "delivered": .int(Int64(status.usage.delivered)),
            "deleted": .int(Int64(status.usage.deleted)),
            "expired": .int(Int64(status.usage.expired)),
            "deadLettered": .int(Int64(status.usage.deadLettered)),
            "lastAt": .optional(status.usage.lastAt),
            "findings": showsAll
                ? status.findings.map { .array($0.map { .string("\($0.text). \($0.advice)") }) } ?? .null : .null,
        ]
    }

    private func explain(_ request: Request) async -> Response {
        let body: ByteBuffer
        do { body = try await request.body.collect(upTo: Self.maxEventBytes) } catch {
            return GuardedResponse.fault(
                .contentTooLarge,
                "An event that is tried has at most \(Self.maxEventBytes) bytes."
            )
        }
        let bytes = Array(body.readableBytesView)
        do {
            guard case .object(let event) = try JSONParser.parse(bytes), event["event"]?.objectValue == nil else {
                return GuardedResponse.fault(.unprocessableContent, "An event is a JSON object with a type.")
            }
        } catch {
            return GuardedResponse.fault(.unprocessableContent, "The event is no JSON: \(error)")
        }
        let destination = bridge.destination
        guard case .explained(let explanation) = LineExplainer(destination: destination).explain(bytes) else {
            return GuardedResponse.fault(.unprocessableContent, "An event is a JSON object with a type.")
        }
        let requests = destination.results(for: explanation.event).compactMap { result -> JSONValue? in
            guard case .request(let request) = result.outcome else { return nil }
            return [
                "mapping": .string(result.mapping), "method": .string(request.method),
                "path": .string(request.path), "body": .object(request.body),
            ]
        }
        return GuardedResponse.json([
            "requests": .array(requests),
            "explanation": .string(ExplanationText.text(explanation, style: .plain)),
        ])
    }
}
