/// RFC 6901: a place inside a JSON text.
enum JSONPointer {
    static func text(_ keys: [String]) -> String {
        keys.map { key in "/" + key.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined() }.joined()
    }
}
