import Crypto
import JSON

/// Loops' webhooks: what became of a mail, and who unsubscribed. They are added to a stream of their own as events of Segment's form, so that services
/// hear of them where they hear of everything else.
///
/// `POST /v1/loops/webhook`, once ``IngestPipeline`` has one of these: its outcome is then an `add` like any other, for the key ``key``. The event's
/// `messageId` is the header `Webhook-Id`, so the intake's de-duplication adds each webhook once. The signature, not a write key, says who sends.
package struct LoopsWebhook: Sendable {
    /// How far `Webhook-Timestamp` may be from now, in seconds: a request that somebody recorded is no use later.
    package static let windowSeconds: Int64 = 300
    package static let defaultStream = "loops:events"
    /// Headers are short; this much of a list of signatures is looked at.
    private static let signaturesMax = 10
    private static let idBytesMax = 200

    /// Stands for the sender in streams, limits and metrics.
    package let key: IngestKey
    private let secrets: [SymmetricKey]

    /// - Parameter secrets: as Loops shows them, `whsec_` and base64; several while one replaces another.
    /// - Throws: ``LoopsWebhookSecretError`` for a text of another form, or none at all.
    package init(secrets: [String], stream: String = Self.defaultStream) throws(LoopsWebhookSecretError) {
        var keys: [SymmetricKey] = []
        for secret in secrets {
            guard secret.hasPrefix("whsec_"), let bytes = Base64.decoded(String(secret.dropFirst(6))), bytes.count >= 16
            else { throw LoopsWebhookSecretError() }
            keys.append(SymmetricKey(data: bytes))
        }
        guard !keys.isEmpty else { throw LoopsWebhookSecretError() }
        self.secrets = keys
        key = IngestKey(name: "loops-webhook", stream: stream)
    }

    /// The request's event.
    ///
    /// - Parameter now: milliseconds since 1970.
    /// - Throws: ``IngestRefusal/badSignature`` for anything about the signature, its time and its ID; what the body's form is, after that.
    func batch(of request: IngestRequest, limits: IngestLimits, now: Int64) throws(IngestRefusal) -> NormalizedBatch {
        guard request.body.count <= limits.bodyBytes else { throw .tooLarge(limit: limits.bodyBytes) }
        let id = try verifiedID(of: request, now: now)
        let payload = try RequestBody.object(request.body, limits: limits)
        guard let event = LoopsWebhookEvent.event(of: payload, id: id, receivedAt: now) else { throw .notAnObject }
        var batch = NormalizedBatch()
        batch.events = [event]
        batch.sdk = LoopsWebhookEvent.library
        return batch
    }

    private func verifiedID(of request: IngestRequest, now: Int64) throws(IngestRefusal) -> String {
        guard let id = request.header("Webhook-Id"), (1...Self.idBytesMax).contains(id.utf8.count),
            let time = request.header("Webhook-Timestamp"), let seconds = Int64(time),
            // Before any arithmetic with a number that somebody sent.
            (0...now / 1000 + Self.windowSeconds).contains(seconds), now / 1000 - seconds <= Self.windowSeconds,
            let signatures = request.header("Webhook-Signature")
        else { throw .badSignature }
        let signed = Array("\(id).\(time).".utf8) + request.body
        for signature in signatures.split(separator: " ").prefix(Self.signaturesMax) {
            // `v1,BASE64`. Of another version, the code below would be another, and no signature of ours is one of its.
            let parts = signature.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let code = Base64.decoded(String(parts[1])) else { continue }
            // Compared in constant time.
            let isValid = secrets.contains {
                HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: signed, using: $0)
            }
            if isValid { return id }
        }
        throw .badSignature
    }
}

extension LoopsWebhook: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "webhook of Loops to \(key.stream)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["stream": key.stream]) }
}

/// A webhook's secret that is none. It is not repeated.
package struct LoopsWebhookSecretError: Error, Sendable, Equatable, CustomStringConvertible {
    package var description: String {
        "the secret of Loops' webhooks must be 'whsec_' and base64, as Loops' settings show it"
    }
}
