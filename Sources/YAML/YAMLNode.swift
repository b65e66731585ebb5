/// A part of a YAML document. An alias is what it names.
package struct YAMLNode: Sendable {
    package enum Content: Sendable {
        /// - Parameter isPlain: not in quotes, and no block of lines.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([Member])
    }

    package struct Member: Sendable {
        package let key: YAMLNode
        package let value: YAMLNode
    }

    package let content: Content
    /// Where it is written, 1-based.
    package let line: Int

    /// The text of a scalar; nil for what is none.
    package var text: String? {
        guard case .scalar(let text, _) = content else { return nil }
        return text
    }
}

/// Why a text is not read.
package struct YAMLFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// 1-based.
    package let line: Int
    /// What is wrong there. Nothing of the text is in it but a key, cut where it is long.
    package let reason: String

    package var description: String { "line \(line): \(reason)" }
}
