/// Turns a dotted name into the field that it stands for.
enum TriggerFieldParser {
    static func field(_ keys: [String], column: Int) throws(TriggerError) -> TriggerField {
        guard let root = keys.first.flatMap(TriggerField.Root.init) else {
            throw unknownField(keys, column: column)
        }
        guard root.hasMembers else {
            guard keys.count == 1 else {
                throw TriggerError(column: column, reason: "'\(root.rawValue)' has no members", hint: nil)
            }
            return TriggerField(root: root, path: EventPath(keys: []))
        }
        guard keys.count > 1 else {
            throw TriggerError(
                column: column,
                reason: "'\(root.rawValue)' needs a member to test",
                hint: "write for example \(root.rawValue).plan"
            )
        }
        return TriggerField(root: root, path: EventPath(keys: Array(keys.dropFirst())))
    }

    private static func unknownField(_ keys: [String], column: Int) -> TriggerError {
        let name = keys.joined(separator: ".")
        let roots = TriggerField.Root.allCases.map { $0.hasMembers ? "\($0.rawValue).…" : $0.rawValue }
        if ["contains", "match"].contains(where: { $0 == keys.first?.lowercased() }) {
            return TriggerError(
                column: column,
                reason: "'\(name)' is not a function",
                hint: "names are written in small letters"
            )
        }
        let near = TriggerField.Root.allCases.first { root in
            keys.first.map { $0.lowercased() == root.rawValue.lowercased() || $0 + "s" == root.rawValue } ?? false
        }
        return TriggerError(
            column: column,
            reason: "'\(name)' is not a field that a trigger can test",
            hint: near.map { "did you mean '\($0.rawValue)'?" } ?? "fields are \(roots.joined(separator: ", "))"
        )
    }
}
