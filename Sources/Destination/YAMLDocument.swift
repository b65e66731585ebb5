import JSON
import YAML

/// Reads one YAML document by the core schema of YAML 1.2: what is not in quotes is null, a truth value or a number only
/// when JSON would write it so. `yes`, `on` and `1:30` are texts.
struct YAMLDocument {
    private var lines: [String: Int] = [:]

    static func document(_ bytes: [UInt8]) throws(MappingsFileFaults.Fault) -> MappingsDocument {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            // Where the repaired text differs from what is there is the first byte that was repaired.
            let repaired = String(decoding: bytes, as: UTF8.self).utf8
            let place = zip(repaired, bytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? bytes.count
            let line = 1 + bytes.prefix(place).count { $0 == 0x0A }
            throw MappingsFileFaults.Fault(line: line, path: "", reason: "not UTF-8 at byte \(place)")
        }
        let node: YAMLNode?
        do throws(YAMLFault) {
            node = try YAMLNode.document(
                bytes,
                limits: YAMLLimits(values: MappingsDocument.valuesMax, depth: MappingsDocument.depthMax)
            )
        } catch {
            throw fault(error, in: text)
        }
        guard let node else { throw MappingsFileFaults.Fault(line: 1, path: "", reason: "the file is empty") }
        var reader = YAMLDocument()
        let root = try reader.value(node, at: "")
        return MappingsDocument(root: root, lines: reader.lines)
    }

    private mutating func value(_ node: YAMLNode, at pointer: String) throws(MappingsFileFaults.Fault) -> JSONValue {
        lines[pointer] = node.line
        switch node.content {
        case .scalar(let text, let isPlain): return Self.value(text, isPlain: isPlain)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for (index, element) in sequence.enumerated() {
                elements.append(try value(element, at: "\(pointer)/\(index)"))
            }
            return .array(elements)
        case .mapping(let members):
            var object = JSONObject()
            for member in members {
                guard let name = member.key.text else {
                    throw MappingsFileFaults.Fault(
                        line: member.key.line,
                        path: pointer,
                        reason: "a key must be a text, not a list or an object"
                    )
                }
                guard name != "<<" else {
                    throw MappingsFileFaults.Fault(
                        line: member.key.line,
                        path: pointer,
                        reason: "YAML's merge key '<<' is not read; write the members out, or use @merge"
                    )
                }
                let place = pointer + "/" + JSONPointer.escaped(name)
                object[name] = try value(member.value, at: place)
                lines[place] = member.key.line
            }
            return .object(object)
        }
    }

    private static func value(_ text: String, isPlain: Bool) -> JSONValue {
        guard isPlain else { return .string(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default:
            guard let first = text.utf8.first,
                first == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first),
                let number = try? JSONParser.parse(text), number.doubleValue != nil
            else { return .string(text) }
            return number
        }
    }

    private static func fault(_ fault: YAMLFault, in text: String) -> MappingsFileFaults.Fault {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = lines.indices.contains(fault.line - 1) ? lines[fault.line - 1] : ""
        let isDirective = line.contains { $0 == "@" } && fault.reason.contains("cannot start any token")
        let hint = isDirective ? "; a word that begins with @ needs quotes, as \"@path\"" : ""
        return MappingsFileFaults.Fault(line: fault.line, path: "", reason: fault.reason + hint)
    }
}
