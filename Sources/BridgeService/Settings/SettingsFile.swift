import Bridge
import Yams

/// The settings file (YAML, and so JSON too), flattened to dotted keys.
package struct SettingsFile {
    /// The longest file that is read, in bytes, and the most values in it.
    static let bytesMax = 1 << 20
    static let valuesMax = 10_000
    /// The most faults that are told.
    static let faultsMax = 100

    let path: String
    private(set) var values: [String: String] = [:]
    private(set) var faults: [SettingsError] = []

    init(path: String, text: String) {
        self.path = path
        do {
            try YAMLExpansion.check(text, maxValues: Self.valuesMax)
            guard let root = try Yams.compose(yaml: text) else { return }
            flatten(root, prefix: "")
        } catch let fault as YAMLExpansion.Fault {
            faults.append(.unreadableFile(path: "\(path):\(fault.line)", reason: fault.reason))
        } catch {
            // The library repeats the line, however long it is.
            let reason = "\(error)".cut(to: 500)
            faults.append(.unreadableFile(path: path, reason: "not YAML: \(reason)"))
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
            guard faults.count < Self.faultsMax else { return }
            // No setting is as long: what is longer is near to none, and would take its time to be compared.
            let isShort = key.utf8.count <= 64
            let suggestion =
                isShort ? Setting.all.map(\.key).min { key.editDistance(to: $0) < key.editDistance(to: $1) } : nil
            let isNear = suggestion.map { key.editDistance(to: $0) <= 3 } ?? false
            faults.append(.unknownKey(key: key.cut(to: 200), file: place(node), suggestion: isNear ? suggestion : nil))
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
