/// What somebody who asks the admin port may see and do.
enum Access: Int, Comparable, Sendable {
    /// Counts, hashes, reasons.
    case anyone
    /// Also what events hold, what was sent of them, and what Loops answered.
    case viewer
    /// Also to change something.
    case controller

    static func < (left: Access, right: Access) -> Bool { left.rawValue < right.rawValue }

    var name: String {
        switch self {
        case .anyone: "anyone"
        case .viewer: "view"
        case .controller: "control"
        }
    }
}

/// The secrets of those who may see or change more than anyone.
struct AccessTokens: Sendable {
    var control: ControlToken?
    var view: ControlToken?

    /// - Parameter authorization: the header.
    /// - Returns: nil for a token that is none of these.
    func access(_ authorization: String?) -> Access? {
        guard let authorization else { return .anyone }
        // Both are compared, whatever the first one says.
        let controls = control?.isCarried(by: authorization) ?? false
        let views = view?.isCarried(by: authorization) ?? false
        return controls ? .controller : views ? .viewer : nil
    }
}
