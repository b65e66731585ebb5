import JSON

/// Writes values as YAML that people read and change: blocks, short directives on one line, quotes only where they are needed.
///
/// The core schema of YAML 1.2 and libyaml's idea of a line: what either would read in another way stands in quotes.
enum YAMLText {
    /// A line of comment, whatever the text holds.
    static func comment(_ text: String) -> String {
        text.isEmpty
            ? "#\n"
            : "# " + String(String.UnicodeScalarView(text.unicodeScalars.map { isSafe($0) ? $0 : "\u{FFFD}" })) + "\n"
    }

    /// An element of a list.
    static func element(_ object: JSONObject, indentation: Int) -> String {
        var text = ""
        write(object, indentation: indentation + 2, to: &text)
        let spaces = String(repeating: " ", count: indentation)
        return spaces + "- " + text.dropFirst(indentation + 2)
    }

    private static func write(_ object: JSONObject, indentation: Int, to text: inout String) {
        for (name, value) in object {
            let spaces = String(repeating: " ", count: indentation)
            let key = scalar(name, isKey: true)
            // A key of more than 1,024 characters has to be marked as one.
            text += key.utf8.count > 1000 ? "\(spaces)? \(key)\n\(spaces):" : "\(spaces)\(key):"
            write(value, indentation: indentation, to: &text)
        }
    }

    /// What stands behind a colon or a hyphen, to the end of its last line.
    private static func write(_ value: JSONValue, indentation: Int, to text: inout String) {
        if let line = line(value) {
            text += " \(line)\n"
        } else if case .object(let object) = value {
            text += "\n"
            write(object, indentation: indentation + 2, to: &text)
        } else if case .array(let elements) = value {
            text += "\n"
            for element in elements {
                text += String(repeating: " ", count: indentation + 2) + "-"
                write(element, indentation: indentation + 2, to: &text)
            }
        }
    }

    /// The value on one line; nil for one that takes several.
    private static func line(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): return scalar(text)
        case .null, .bool, .int, .uint, .double: return value.jsonText
        case .array(let elements): return elements.isEmpty ? "[]" : nil
        case .object(let object):
            guard let (name, inner) = object.first else { return "{}" }
            guard object.count == 1, name == "@path" || name == "@template", case .string(let text) = inner else {
                return nil
            }
            return "{\(quoted(name)): \(scalar(text))}"
        }
    }

    private static func scalar(_ text: String, isKey: Bool = false) -> String {
        let symbols = isKey ? "_-$" : " _-$./=!()\""
        guard let first = text.utf8.first, isLetter(first) || first == UInt8(ascii: "$"), text.utf8.last != 0x20,
            text.utf8.count <= 100 || !isKey, !["null", "true", "false"].contains(text.lowercased())
        else { return quoted(text) }
        let isPlain = text.utf8.allSatisfy { byte in
            isLetter(byte) || (0x30...0x39).contains(byte) || symbols.utf8.contains(byte)
        }
        return isPlain ? text : quoted(text)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & ~0x20) }

    /// A text in double quotes, on one line.
    private static func quoted(_ text: String) -> String {
        var line = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case "\t": line += "\\t"
            default:
                if isSafe(scalar) {
                    line.unicodeScalars.append(scalar)
                } else {
                    let digits = String(scalar.value, radix: 16, uppercase: true)
                    line +=
                        (scalar.value > 0xFFFF ? "\\U" : "\\u")
                        + String(repeating: "0", count: (scalar.value > 0xFFFF ? 8 : 4) - digits.count) + digits
                }
            }
        }
        return line + "\""
    }

    /// Whether libyaml reads it as it is, on the line where it stands, and a person sees it.
    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: false
        default: true
        }
    }
}
