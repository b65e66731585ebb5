import JSON

/// An event in a query: `data`, base64 of its JSON, or members with dots, as `userId=u1&properties.plan=pro`.
enum PixelQuery {
    /// As much as a header may hold.
    private static let bytesMax = 16 << 10
    private static let stepsMax = 16

    static func body(_ request: IngestRequest) throws(IngestRefusal) -> JSONObject {
        guard request.query.utf8.count <= bytesMax else { throw .tooLarge(limit: bytesMax) }
        if let data = request.queryValue("data") {
            // A plus sign that nobody escaped has become a blank.
            guard let bytes = Base64.decoded(String(data.map { $0 == " " ? "+" : $0 })) else { throw .badQuery }
            guard let object = try? RequestBody.object(bytes, limits: IngestLimits(nesting: 64)) else {
                throw .badQuery
            }
            return object
        }
        var body = JSONObject()
        for (name, value) in QueryText.members(request.query) {
            let steps = name.split(separator: ".").map(String.init)
            guard !steps.isEmpty, steps.count <= stepsMax else { continue }
            set(.string(value), at: steps[...], in: &body)
        }
        return body
    }

    /// Of a name that comes twice the first counts, and nothing is put into a text.
    private static func set(_ value: JSONValue, at steps: ArraySlice<String>, in object: inout JSONObject) {
        guard let name = steps.first else { return }
        guard steps.count > 1 else {
            if object[name] == nil { object[name] = value }
            return
        }
        var inner: JSONObject
        switch object[name] {
        case nil: inner = JSONObject()
        case .object(let own)?: inner = own
        default: return
        }
        set(value, at: steps.dropFirst(), in: &inner)
        object[name] = .object(inner)
    }
}
