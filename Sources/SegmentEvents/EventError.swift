/// Why an event cannot be published. None of these goes away by trying again: it is the caller's to correct.
public enum EventError: Error, Sendable, Hashable {
    /// An ID without a character that shows. The text is the name of the member.
    case emptyID(String)
    /// An ID that a program printed for want of one, such as `undefined` or `null`.
    case placeholderID(String, found: String)
    case emptyEventName
    case messageIDTooLong(bytes: Int)
    /// A number that JSON does not know. The text is where it stands, as `properties.total`.
    case notFinite(at: String)
    /// Lists and objects within each other; see ``Event/depthMax``.
    case tooDeep(at: String)
    /// Outside the years 0 to 9999.
    case timestampOutOfRange
    /// See ``Event/bytesMax``.
    case tooLarge(bytes: Int)
}

extension EventError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .emptyID(let name): "\(name) is empty: give the ID that names the contact or the event everywhere"
        case .placeholderID(let name, let found):
            "\(name) is '\(found)', which stands for no ID: all such events would become one contact's"
        case .emptyEventName: "the event has no name: give one, as 'Order Paid'"
        case .messageIDTooLong(let bytes):
            "the messageId has \(bytes) bytes, and may have \(MessageID.bytesMax): make it of fewer or shorter parts"
        case .notFinite(let place):
            "\(place) is not a finite number, which JSON cannot hold: leave it out, or give null"
        case .tooDeep(let place): "\(place) lies deeper than \(Event.depthMax) lists and objects: give flatter values"
        case .timestampOutOfRange: "the timestamp lies outside the years 0 to 9999: is it in seconds since 1970?"
        case .tooLarge(let bytes):
            "the event has \(bytes) bytes, and may have \(Event.bytesMax): publish what Loops needs, not the whole record"
        }
    }
}
