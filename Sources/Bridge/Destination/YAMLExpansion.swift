import Yams

/// How many values a YAML text stands for once each alias is what it names, counted before anything is built of it.
///
/// A few lines can stand for billions of values, and Yams compares the keys of a mapping by all that is in them, even while it reads. So the text
/// is read once with each `*` replaced by a character that it does not have: where an alias was, a plain word that begins with it is then.
/// Everything else keeps its form, since an alias and a plain word stand in the same places.
package struct YAMLExpansion {
    /// Why a text is not read.
    package struct Fault: Error, Sendable {
        /// 1-based.
        package let line: Int
        package let reason: String
    }

    private let mark: Unicode.Scalar
    private let maxValues: Int
    /// Values by the latest anchor of a name.
    private var sizes: [String: Int] = [:]

    /// - Parameter maxValues: the most values, keys included, aliases counted each time they are used.
    /// - Throws: ``Fault`` when there are more; what the library throws when the text is no YAML.
    package static func check(_ text: String, maxValues: Int) throws {
        // Without an anchor there is nothing that an alias could name.
        guard text.utf8.contains(UInt8(ascii: "*")), text.utf8.contains(UInt8(ascii: "&")) else { return }
        guard let mark = unused(in: text) else {
            throw Fault(line: 1, reason: "anchors in a text that has every private character of Unicode")
        }
        let plain = String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "*" ? mark : $0 }))
        // Nodes know their anchors as long as their parser is there.
        let parser = try Parser(yaml: plain)
        guard let root = try parser.singleRoot() else { return }
        var expansion = YAMLExpansion(mark: mark, maxValues: maxValues)
        _ = try withExtendedLifetime(parser) { try expansion.size(root) }
    }

    private init(mark: Unicode.Scalar, maxValues: Int) {
        self.mark = mark
        self.maxValues = maxValues
    }

    /// A character that YAML allows everywhere and the text does not have.
    private static func unused(in text: String) -> Unicode.Scalar? {
        let used = Set(text.unicodeScalars.lazy.filter { (0xE000...0xF8FF).contains($0.value) })
        return (0xE000...0xF8FF).lazy.compactMap(Unicode.Scalar.init).first { !used.contains($0) }
    }

    private mutating func size(_ node: Node) throws(Fault) -> Int {
        var size = 1
        let anchor: Anchor?
        switch node {
        case .scalar(let scalar):
            anchor = scalar.anchor
            if let name = aliasName(scalar) { size = sizes[name] ?? 1 }
        case .sequence(let sequence):
            anchor = sequence.anchor
            for element in sequence { size += try self.size(element) }
        case .mapping(let mapping):
            anchor = mapping.anchor
            for (key, value) in mapping { size += try self.size(key) + self.size(value) }
        case .alias: anchor = nil
        }
        // What is below it has passed here before, so that the sum cannot overflow.
        guard size <= maxValues else {
            throw Fault(
                line: node.mark?.line ?? 1,
                reason: "more than \(maxValues) values, aliases counted where they are used"
            )
        }
        if let anchor { sizes[anchor.rawValue] = size }
        return size
    }

    /// The name of the alias that a word was, or nil.
    private func aliasName(_ scalar: Node.Scalar) -> String? {
        guard scalar.style == .plain, scalar.string.unicodeScalars.first == mark else { return nil }
        return String(
            scalar.string.dropFirst().prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        )
    }
}
