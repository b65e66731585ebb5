import Bridge
import Destination
import Support
import YAML

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
        do throws(YAMLFault) {
            guard let root = try YAMLNode.document(Array(text.utf8), limits: YAMLLimits(values: Self.valuesMax)) else {
                return
            }
            flatten(root, prefix: "")
        } catch {
            faults.append(.unreadableFile(path: "\(path):\(error.line)", reason: error.reason))
        }
    }

    private mutating func flatten(_ node: YAMLNode, prefix: String) {
        switch node.content {
        case .mapping(let members):
            for member in members {
                guard let name = member.key.text else {
                    faults.append(.unreadableFile(path: place(member.key), reason: "a key is not text"))
                    continue
                }
                flatten(member.value, prefix: prefix.isEmpty ? name : "\(prefix).\(name)")
            }
        case .scalar(let text, _):
            take(prefix, text, at: node)
        case .sequence(let sequence):
            let items = sequence.compactMap(\.text)
            guard items.count == sequence.count else {
                return faults.append(
                    .unreadableFile(
                        path: place(node),
                        reason: "\(prefix.cut(to: 200)): an element of the list is no text"
                    )
                )
            }
            take(prefix, items.joined(separator: ","), at: node)
        }
    }

    private mutating func take(_ key: String, _ text: String, at node: YAMLNode) {
        guard Setting.all.contains(where: { $0.key == key }) else {
            guard faults.count < Self.faultsMax else { return }
            // No setting is as long: what is longer is near to none, and would take its time to be compared.
            let isShort = key.utf8.count <= 64
            let nearest = isShort ? NearestMatch.nearest(to: key, in: Setting.all.map(\.key), atMost: 3) : nil
            faults.append(.unknownKey(key: key.cut(to: 200), file: place(node), suggestion: nearest))
            return
        }
        values[key] = text
    }

    private func place(_ node: YAMLNode) -> String { "\(path):\(node.line)" }
}
