/// What is left of a trigger once its conditions are parsed: conditions, conjunctions and parentheses in their order.
enum TriggerItem: Equatable {
    /// `node` is nil for a condition that Segment leaves out. `endsInParenthesis`: a call of a function.
    case condition(TriggerNode?, endsInParenthesis: Bool)
    case conjunction(TriggerConjunction)
    case open
    case close
}

/// A trigger as Segment reads it.
///
/// Segment ends a group at the first closing parenthesis behind its opening one, which may be that of a function inside
/// the group. What follows belongs to the group outside, and of several conjunctions in one group the last one counts.
/// Groups inside groups make Segment refuse the whole trigger.
enum SegmentReading {
    /// Segment's tree, or nil where Segment cannot read the trigger.
    static func node(of items: [TriggerItem]) -> TriggerNode? {
        var nodes: [TriggerNode] = []
        var conjunction = TriggerConjunction.and
        var rest = items[...]
        while let item = rest.popFirst() {
            switch item {
            case .condition(let node, _): if let node { nodes.append(node) }
            case .conjunction(let last): conjunction = last
            case .close: break
            case .open:
                guard let group = group(from: &rest), let node = node(of: group) else { return nil }
                nodes.append(node)
            }
        }
        return .group(nodes, by: conjunction)
    }

    /// The items up to where Segment ends the group, or nil where it never does.
    private static func group(from rest: inout ArraySlice<TriggerItem>) -> [TriggerItem]? {
        var group: [TriggerItem] = []
        while let item = rest.popFirst() {
            switch item {
            case .open: return nil
            case .close: return group
            case .conjunction: group.append(item)
            case .condition(_, let endsInParenthesis):
                group.append(item)
                if endsInParenthesis { return group }
            }
        }
        return nil
    }
}
