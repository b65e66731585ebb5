/// A whole HTTP answer.
package struct Reply: Sendable, Equatable {
    package var status: Int
    /// Lower-case names, in the order they are sent.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package static func == (one: Reply, other: Reply) -> Bool {
        one.status == other.status && one.body == other.body
            && one.headers.elementsEqual(other.headers) { $0.name == $1.name && $0.value == $1.value }
    }
}
