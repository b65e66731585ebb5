import JSON

extension LoopsResponse {
    /// The parts of an HTTP answer that decide.
    package struct Parts: Sendable {
        package var status: Int
        package var contentType: String?
        package var body: [UInt8]

        package init(status: Int, contentType: String? = nil, body: [UInt8] = []) {
            self.status = status
            self.contentType = contentType
            self.body = body
        }
    }

    /// Classifies a complete answer by the table of the Loops facts (§6).
    ///
    /// - Parameters:
    ///   - hasIdempotencyKey: whether the request carried a key; only then does 409 mean that Loops has it already.
    ///   - secret: what the request carried and nobody is to read: left out of the message, should the answer repeat it.
    package init(classifying parts: Parts, hasIdempotencyKey: Bool, hiding secret: String = "") {
        let body = try? JSONParser.parse(parts.body)
        self.init(
            outcome: Self.outcome(of: parts, body: body, hasIdempotencyKey: hasIdempotencyKey),
            status: parts.status,
            // Before it is cut: half a key is no key that could be found.
            message: Self.hiding(secret, in: Self.message(of: parts, body: body, more: secret.utf8.count))
        )
    }

    /// A text without a secret. What is shorter than any key would be found in ordinary words.
    static func hiding(_ secret: String, in text: String) -> String {
        secret.utf8.count < 8 ? text : text.replacing(secret, with: "…")
    }

    private static func outcome(of parts: Parts, body: JSONValue?, hasIdempotencyKey: Bool) -> LoopsOutcome {
        switch parts.status {
        case 200..<300: success(parts, body: body)
        case 401, 403: .unauthorized
        case 408: .retry(.requestTimeout)
        case 429: .throttled
        // These are about a connection or a proxy, whoever says them.
        case 407, 421, 425: .retry(.unexpectedStatus)
        // What Loops refuses, it refuses with JSON. A page of a proxy, a firewall or a wrong address is not the event's fault.
        case 400..<500 where body?.objectValue == nil: .retry(.unexpectedStatus)
        case 409 where hasIdempotencyKey: usedKey(message(of: parts, body: body).lowercased())
        case 400..<500: .rejected(.refused)
        case 500...: .retry(.serverError)
        default: .retry(.unexpectedStatus)
        }
    }

    /// What a 409 says of its key. Loops documents the words for another body only; those for a request that goes on or has failed are what
    /// other APIs say. Without any of them the request counts as taken, as Loops documents it.
    private static func usedKey(_ message: String) -> LoopsOutcome {
        func says(_ words: String...) -> Bool { words.contains { message.contains($0) } }
        if says("different") { return .rejected(.idempotencyConflict) }
        if says("in progress", "in flight", "in-flight", "being processed", "still processing", "outstanding") {
            return .retry(.inProgress)
        }
        if says("failed", "failure", "unsuccessful", "not processed", "not been processed", "was rejected") {
            return .rejected(.unconfirmed)
        }
        return .alreadyDelivered
    }

    /// Loops answers JSON with `success`. What claims to be JSON and is not was cut or mangled on the way; HTML comes from something in
    /// between. Both may have been applied. Anything else with a 2xx is a server of the user's own (a sink, a mock), where the status is
    /// all that can be gone by.
    private static func success(_ parts: Parts, body: JSONValue?) -> LoopsOutcome {
        if let body {
            return body["success"]?.boolValue == false ? .retry(.contradictoryAnswer) : .delivered
        }
        if parts.body.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return .delivered }
        let type = (parts.contentType ?? "").lowercased()
        let mangled =
            type.contains("json") || type.contains("html") || parts.body.contains(0x3C) || parts.body.first == 0x7B
        return mangled ? .retry(.ambiguousAnswer) : .delivered
    }

    /// - Parameter more: bytes beyond the longest message.
    private static func message(of parts: Parts, body: JSONValue?, more: Int = 0) -> String {
        if let text = body?["message"]?.stringValue ?? body?["error"]?.stringValue { return text }
        if let text = body?["error"]?["message"]?.stringValue { return text }
        return String(decoding: parts.body.prefix(maxMessageLength + more), as: UTF8.self)
    }
}

extension LoopsResponse {
    /// The same, for a request to an address that Loops has for certain: there a 405, whatever its body, says that somebody else answered.
    ///
    /// - Parameter notFound: what Loops' own 404 means; `wrongAddress` where Loops has none, so that any 404 is somebody else's.
    func heedingAddress(notFound: LoopsOutcome) -> LoopsResponse {
        guard status == 404 || status == 405 else { return self }
        var answer = self
        if status == 405 || notFound == .wrongAddress {
            answer.outcome = .wrongAddress
        } else if outcome == .rejected(.refused) {
            answer.outcome = notFound
        }
        return answer
    }
}
