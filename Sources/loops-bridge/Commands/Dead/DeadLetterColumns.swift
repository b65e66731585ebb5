import BridgeService

/// The columns that a line of `dead list` has room for. The lines come one by one, so widths are fixed beforehand.
struct DeadLetterColumns: Equatable {
    enum Name: String, CaseIterable {
        case age = "AGE"
        case reason = "REASON"
        case event = "EVENT"
        case mapping = "MAPPING"
        case contact = "CONTACT"
        case status = "STATUS"
        case attempts = "ATTEMPTS"
        case id = "ID"
    }

    let shown: [(name: Name, width: Int)]
    /// What is left for the detail; nil for any length.
    let detail: Int?
    /// Whether event and detail stand on a line of their own.
    let isTwoLined: Bool

    /// The least that a detail on the same line has.
    private static let minDetail = 20
    private static let gap = 2
    /// Left out in this order where there is no room.
    private static let dispensable: [Name] = [.attempts, .mapping, .contact, .status, .event]

    /// - Parameter width: the columns of the terminal; nil for any number.
    init(width: Int?) {
        guard let width else {
            shown = Name.allCases.map { ($0, Self.width(of: $0, isNarrow: false)) }
            detail = nil
            isTwoLined = false
            return
        }
        var names = Name.allCases
        var left = Self.left(of: width, names)
        for name in Self.dispensable where left < Self.minDetail {
            names.removeAll { $0 == name }
            left = Self.left(of: width, names)
        }
        isTwoLined = left < Self.minDetail
        detail = isTwoLined ? width - Self.gap : left
        shown = names.map { ($0, Self.width(of: $0, isNarrow: width < 100)) }
    }

    static func == (left: Self, right: Self) -> Bool {
        left.shown.elementsEqual(right.shown) { $0 == $1 } && left.detail == right.detail
            && left.isTwoLined == right.isTwoLined
    }

    /// What a detail has behind these columns.
    private static func left(of width: Int, _ names: [Name]) -> Int {
        width - names.reduce(0) { $0 + Self.width(of: $1, isNarrow: width < 100) + gap }
    }

    private static func width(of name: Name, isNarrow: Bool) -> Int {
        switch name {
        case .age: 5
        case .reason: isNarrow ? 14 : 19
        case .event: isNarrow ? 16 : 20
        case .mapping: 20
        case .contact: 12
        case .status: 6
        case .attempts: 8
        case .id: 17
        }
    }
}
