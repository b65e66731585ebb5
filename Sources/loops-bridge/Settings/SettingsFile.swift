import Yams

/// The settings file (YAML, and so JSON too), flattened to dotted keys.
struct SettingsFile {
    let path: String
    private(set) var values: [String: String] = [:]
    private(set) var faults: [SettingsFault] = []

    init(path: String, text: String) {
        self.path = path
        do {
            guard let root = try Yams.compose(yaml: text) else { return }
            flatten(root, prefix: "")
        } catch {
            faults.append(.unreadableFile(path: path, reason: "not YAML: \(error)"))
        }
    }

    private mutating func flatten(_ node: Node, prefix: String) {
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                guard let name = key.string else {
                    faults.append(.unreadableFile(path: place(key), reason: "a key is not text"))
                    continue
                }
                flatten(value, prefix: prefix.isEmpty ? name : "\(prefix).\(name)")
            }
        case .scalar(let scalar):
            take(prefix, scalar.string, at: node)
        case .sequence(let sequence):
            take(prefix, sequence.compactMap(\.string).joined(separator: ","), at: node)
        case .alias:
            faults.append(.unreadableFile(path: place(node), reason: "aliases are not used in settings"))
        }
    }

    private mutating func take(_ key: String, _ text: String, at node: Node) {
        guard Setting.all.contains(where: { $0.key == key }) else {
            let suggestion = Setting.all.map(\.key).min { key.editDistance(to: $0) < key.editDistance(to: $1) }
            let isNear = suggestion.map { key.editDistance(to: $0) <= 3 } ?? false
            faults.append(.unknownKey(key: key, file: place(node), suggestion: isNear ? suggestion : nil))
            return
        }
        values[key] = text
    }

    private func place(_ node: Node) -> String { node.mark.map { "\(path):\($0.line)" } ?? path }
}

extension String {
    /// Levenshtein's distance, for suggestions.
    func editDistance(to other: String) -> Int {
        let a = Array(self), b = Array(other)
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let substituted = diagonal + (a[i] == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = Swift.min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
