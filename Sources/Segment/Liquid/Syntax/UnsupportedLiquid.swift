/// The tags and filters that are refused by name, and why.
struct UnsupportedLiquid {
    let reason: String
    let hint: String?

    /// Tags that Segment turns off (docs/reference/liquid.md).
    static let disabledTags: Set<String> = ["case", "for", "include", "layout", "render", "tablerow"]

    /// Filters that Segment turns off (docs/reference/liquid.md).
    static let disabledFilters: Set<String> = [
        "array_to_sentence_string", "concat", "find", "find_exp", "find_index", "find_index_exp", "group_by",
        "group_by_exp", "has", "has_exp", "map", "newline_to_br", "reject", "reject_exp", "reverse", "sort",
        "sort_natural", "uniq", "where_exp", "type",
    ]

    static func tag(_ name: String) -> UnsupportedLiquid {
        if disabledTags.contains(name) {
            return UnsupportedLiquid(reason: "tag \"\(name)\" is disabled, as in Segment", hint: tagHint(name))
        }
        if name == "else" || name == "elsif" || name.hasPrefix("end") {
            return UnsupportedLiquid(reason: "tag \"\(name)\" has no tag before it that it belongs to", hint: nil)
        }
        return UnsupportedLiquid(reason: "tag \"\(name)\" does not exist", hint: nil)
    }

    /// Nil for a filter that simply does not exist.
    static func filter(_ name: String) -> UnsupportedLiquid? {
        if disabledFilters.contains(name) {
            return UnsupportedLiquid(reason: "filter \"\(name)\" is disabled, as in Segment", hint: nil)
        }
        switch name {
        case "sample":
            return UnsupportedLiquid(
                reason: "filter \"sample\" is random, so a redelivered event would give another request",
                hint: "use first, last or slice"
            )
        default:
            return nil
        }
    }

    private static func tagHint(_ name: String) -> String? {
        name == "case" ? "use if and elsif" : nil
    }
}
