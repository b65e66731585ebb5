package import JSON

/// Why a request is not accepted. A closed set: it is a metric label, and the `code` of the answer.
package enum IngestRefusal: Error, Sendable, Equatable {
    case tooLarge(limit: Int)
    case compressionRatio(limit: Int)
    /// Not gzip, cut off, or followed by something else.
    case badCompression
    case unsupportedEncoding
    case notJSON(JSONError)
    case notAnObject
    case batchIsNotAnArray
    case tooManyEvents(count: Int, limit: Int)
    /// A pixel's `data` that cannot be read.
    case badQuery
    case noKey
    case unknownKey
    /// A server's key in a request of a web page: it is public by now.
    case serverKeyInBrowser
    case originNotAllowed
    case endpointOff
    case unknownPath
    case wrongMethod(allowed: String)
    case rateLimited(seconds: Int)
    /// Loops' webhook.
    case badSignature
    /// Redis does not take events now. The outage has lasted this long.
    case unavailable(seconds: Int)

    package var code: String {
        switch self {
        case .tooLarge: "too_large"
        case .compressionRatio: "compression_ratio"
        case .badCompression: "bad_compression"
        case .unsupportedEncoding: "unsupported_encoding"
        case .notJSON: "not_json"
        case .notAnObject: "not_an_object"
        case .batchIsNotAnArray: "batch_is_not_an_array"
        case .tooManyEvents: "too_many_events"
        case .badQuery: "bad_query"
        case .noKey: "no_key"
        case .unknownKey: "unknown_key"
        case .serverKeyInBrowser: "server_key_in_browser"
        case .originNotAllowed: "origin_not_allowed"
        case .endpointOff: "endpoint_off"
        case .unknownPath: "unknown_path"
        case .wrongMethod: "wrong_method"
        case .rateLimited: "rate_limited"
        case .badSignature: "bad_signature"
        case .unavailable: "unavailable"
        }
    }

    package static let codes = [
        "too_large", "compression_ratio", "bad_compression", "unsupported_encoding", "not_json", "not_an_object",
        "batch_is_not_an_array", "too_many_events", "bad_query", "no_key", "unknown_key", "server_key_in_browser",
        "origin_not_allowed", "endpoint_off", "unknown_path", "wrong_method", "rate_limited", "bad_signature",
        "unavailable",
    ]

    package var status: Int {
        switch self {
        // 413 is what some SDKs keep and send again for ever.
        case .tooLarge, .compressionRatio, .badCompression, .notJSON, .notAnObject, .batchIsNotAnArray, .tooManyEvents,
            .badQuery:
            400
        case .noKey, .unknownKey, .badSignature: 401
        case .serverKeyInBrowser, .originNotAllowed: 403
        case .endpointOff, .unknownPath: 404
        case .wrongMethod: 405
        case .unsupportedEncoding: 415
        case .rateLimited: 429
        case .unavailable: 503
        }
    }

    /// What happened and what to do. Nothing of the request is in it.
    package var message: String {
        switch self {
        case .tooLarge(let limit):
            "The body has more than \(limit) bytes. Send smaller batches, or raise ingest.maxBodyBytes."
        case .compressionRatio(let limit):
            "The body is more than \(limit) times its compressed size. Send it without compression."
        case .badCompression: "The body is not one complete gzip stream. Send it again, or without Content-Encoding."
        case .unsupportedEncoding: "Content-Encoding must be gzip or identity."
        case .notJSON(let error): "The body is not JSON: \(error)."
        case .notAnObject: "The body must be a JSON object."
        case .batchIsNotAnArray: "The body needs 'batch', an array of events."
        case .tooManyEvents(let count, let limit):
            "The batch has \(count) events. At most \(limit) are accepted; split it."
        case .badQuery: "The query's 'data' must be base64 of a JSON object."
        case .noKey: "The request has no write key. Send it as the user of HTTP Basic authentication."
        case .unknownKey: "No such write key. Compare it with the file of ingest.keys."
        case .serverKeyInBrowser:
            "This key is for servers, and a web page sent it: it is public now. Replace it, and use a key of kind browser."
        case .originNotAllowed: "The key does not list this origin. Add it to the key's origins."
        case .endpointOff: "This endpoint is switched off."
        case .unknownPath: "No such path. SDKs need the host without a path, or with /v1; see the how-to guide."
        case .wrongMethod(let allowed): "Use \(allowed)."
        case .rateLimited(let seconds): "Too many events for this key or address. Send again in \(seconds) s."
        case .badSignature:
            "The signature, its time or its ID does not match. Compare the webhook's secret, and this machine's clock."
        case .unavailable: "Redis does not accept events now. Send again."
        }
    }
}
