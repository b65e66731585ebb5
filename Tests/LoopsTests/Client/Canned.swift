/// Answers as they go over the wire.
enum Canned {
    static let ok = answer("200 OK", #"{"success":true}"#)

    static func answer(_ status: String, _ body: String, _ headers: [String] = []) -> String {
        let head = ["HTTP/1.1 \(status)", "Content-Type: application/json", "Content-Length: \(body.utf8.count)"]
        return (head + headers).joined(separator: "\r\n") + "\r\n\r\n" + body
    }
}
