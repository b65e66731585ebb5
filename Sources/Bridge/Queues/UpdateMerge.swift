import JSON
import Loops

/// One update of a contact that stands for several, taken in one after the other as long as one can say it all.
///
/// Every update that was taken in is a part of the result: a property has its last value, a mailing list its last subscription.
struct UpdateMerge: Sendable {
    /// The most updates that become one.
    static let mostEntries = 100
    /// The longest body that a merged update gets, in bytes.
    static let mostBytes = 32 * 1024

    private static let lists = "mailingLists"
    /// Whom the update is about. Loops looks the contact up by these, so that updates with others are not about the same.
    private static let identity = ["email", "userId"]

    private let first: EncodedRequest
    private let isLossless: Bool
    private var last: [UInt8]
    private var fields: JSONObject?
    private var isChanged = false

    /// - Returns: nil when the call is no update.
    init?(_ call: EncodedRequest, lossless: Bool) {
        guard call.operation.traits.isMergeable else { return nil }
        first = call
        last = call.body
        isLossless = lossless
    }

    /// The request for all that was taken in.
    var call: EncodedRequest {
        guard isChanged, let fields else { return first }
        var call = first
        call.body = JSONValue.object(fields).serialized()
        return call
    }

    /// Takes in the next update.
    /// - Returns: what it adds; nil when it cannot be part of this one, which is as it was then.
    mutating func take(_ call: EncodedRequest) -> CoalescedKind? {
        guard call.operation == first.operation else { return nil }
        if call.body == last { return .identical }
        guard let fields = fields ?? Self.object(first.body), let new = Self.object(call.body) else { return nil }
        self.fields = fields
        for key in Self.identity where fields[key] != new[key] { return nil }
        guard let (merged, kind) = merge(fields, new) else { return nil }
        if kind == .identical { return kind }
        guard JSONValue.object(merged).serialized().count <= Self.mostBytes else { return nil }
        self.fields = merged
        isChanged = true
        last = call.body
        return kind
    }

    private func merge(_ old: JSONObject, _ new: JSONObject) -> (JSONObject, CoalescedKind)? {
        var merged = old
        var kind = CoalescedKind.identical
        for (key, value) in new {
            guard let before = old[key] else {
                merged[key] = value
                kind = kind == .identical ? .merged : kind
                continue
            }
            if before == value { continue }
            if key == Self.lists, let before = before.objectValue, let value = value.objectValue {
                guard let (lists, change) = merge(before, value) else { return nil }
                merged[key] = .object(lists)
                if change == .replaced || kind == .identical { kind = change }
            } else if isLossless {
                return nil
            } else {
                merged[key] = value
                kind = .replaced
            }
        }
        return (merged, kind)
    }

    private static func object(_ body: [UInt8]) -> JSONObject? {
        // Our own writing: it parses.
        (try? JSONParser.parse(body))?.objectValue
    }
}
