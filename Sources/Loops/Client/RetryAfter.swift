/// What a `Retry-After` header asks for: a number of seconds, or a date, which is compared with the server's own `Date`, so that no two clocks are.
enum RetryAfter {
    /// The longest that is honoured: a server that is wrong about it must not stop everything for a day.
    static let most = Duration.seconds(600)

    /// - Returns: nil when the header says nothing that can be understood.
    static func duration(_ text: String?, date: String?) -> Duration? {
        guard let text = text.map({ $0.filter { $0 != " " || $0.isLetter } }), !text.isEmpty else { return nil }
        if let seconds = Int64(text) { return seconds >= 0 ? min(.seconds(seconds), most) : nil }
        guard let then = second(text), let now = date.map({ $0.filter { $0 != " " } }).flatMap(second) else {
            return nil
        }
        return min(.seconds(max(0, then - now)), most)
    }

    /// The seconds since the year 0 of an IMF-fixdate without its blanks, such as `Sun,06Nov199408:49:37GMT`.
    private static func second(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count == 24, text.hasSuffix("GMT"), bytes[3] == UInt8(ascii: ","),
            bytes[15] == UInt8(ascii: ":"), bytes[18] == UInt8(ascii: ":")
        else { return nil }
        func number(_ range: Range<Int>) -> Int64? { Int64(String(decoding: bytes[range], as: UTF8.self)) }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard let day = number(4..<6), let month = months.firstIndex(of: String(decoding: bytes[6..<9], as: UTF8.self)),
            let year = number(9..<13), let hour = number(13..<15), let minute = number(16..<18),
            let second = number(19..<21), (1...31).contains(day), year > 0
        else { return nil }
        // Months from March on, so that the day that leap years have more is the last one.
        let (march, era) = (Int64((month + 10) % 12), month < 2 ? year - 1 : year)
        let days = 365 * era + era / 4 - era / 100 + era / 400 + (153 * march + 2) / 5 + day
        return ((days * 24 + hour) * 60 + minute) * 60 + second
    }
}
