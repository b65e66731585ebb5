import JSON

/// A request's body as an object, within limits.
enum RequestBody {
    static func object(of request: IngestRequest, limits: IngestLimits) throws(IngestRefusal) -> JSONObject {
        // Also before decompression: what is compressed may be no smaller.
        guard request.body.count <= limits.bodyBytes else { throw .tooLarge(limit: limits.bodyBytes) }
        let bytes: [UInt8]
        switch request.contentEncoding {
        case nil: bytes = request.body
        case "gzip", "x-gzip": bytes = try Gzip.decompressed(request.body, limits: limits)
        default: throw .unsupportedEncoding
        }
        return try object(bytes, limits: limits)
    }

    static func object(_ bytes: [UInt8], limits: IngestLimits) throws(IngestRefusal) -> JSONObject {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONParser.parse(bytes, limits: .init(depth: limits.nesting, bytes: limits.bodyBytes))
        } catch {
            throw .notJSON(error)
        }
        guard case .object(let object) = value else { throw .notAnObject }
        return object
    }

    static func checkBatch(
        of body: JSONObject,
        endpoint: IngestEndpoint,
        limits: IngestLimits
    ) throws(IngestRefusal) {
        switch endpoint {
        case .batch, .beacon: break
        default: return
        }
        guard case .array(let events)? = body["batch"] else { throw .batchIsNotAnArray }
        guard events.count <= limits.events else { throw .tooManyEvents(count: events.count, limit: limits.events) }
    }
}
