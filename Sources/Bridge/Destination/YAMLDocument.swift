import JSON
import Yams

/// Reads one YAML document by the core schema of YAML 1.2: what is not in quotes is null, a truth value or a number only
/// when JSON would write it so. `yes`, `on` and `1:30` are texts.
struct YAMLDocument {
    private var lines: [String: Int] = [:]
    private var values = 0

    static func document(_ bytes: [UInt8]) throws(MappingsFileFaults.Fault) -> MappingsDocument {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            // Where the repaired text differs from what is there is the first byte that was repaired.
            let repaired = String(decoding: bytes, as: UTF8.self).utf8
            let place = zip(repaired, bytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? bytes.count
            let line = 1 + bytes.prefix(place).count { $0 == 0x0A }
            throw MappingsFileFaults.Fault(line: line, path: "", reason: "not UTF-8 at byte \(place)")
        }
        let node: Node?
        do {
            try YAMLExpansion.check(text, maxValues: MappingsDocument.valuesMax)
            node = try compose(yaml: text)
        } catch let fault as YAMLExpansion.Fault {
            throw MappingsFileFaults.Fault(line: fault.line, path: "", reason: fault.reason)
        } catch {
            throw fault(error)
        }
        guard let node else { throw MappingsFileFaults.Fault(line: 1, path: "", reason: "the file is empty") }
        var reader = YAMLDocument()
        let root = try reader.value(node, at: "", depth: 0)
        return MappingsDocument(root: root, lines: reader.lines)
    }

    private mutating func value(
        _ node: Node,
        at pointer: String,
        depth: Int
    ) throws(MappingsFileFaults.Fault) -> JSONValue {
        let line = node.mark?.line ?? 1
        lines[pointer] = line
        values += 1
        guard values <= MappingsDocument.valuesMax, depth <= MappingsDocument.depthMax else {
            let limit =
                values > MappingsDocument.valuesMax
                ? "\(MappingsDocument.valuesMax) values" : "\(MappingsDocument.depthMax) levels"
            throw MappingsFileFaults.Fault(line: line, path: pointer, reason: "more than \(limit)")
        }
        switch node {
        case .scalar(let scalar): return Self.value(scalar)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for (index, element) in sequence.enumerated() {
                elements.append(try value(element, at: "\(pointer)/\(index)", depth: depth + 1))
            }
            return .array(elements)
        case .mapping(let mapping):
            var object = JSONObject()
            for (key, member) in mapping {
                guard let name = key.scalar?.string else {
                    throw MappingsFileFaults.Fault(
                        line: key.mark?.line ?? line,
                        path: pointer,
                        reason: "a key must be a text, not a list or an object"
                    )
                }
                guard name != "<<" else {
                    throw MappingsFileFaults.Fault(
                        line: key.mark?.line ?? line,
                        path: pointer,
                        reason: "YAML's merge key '<<' is not read; write the members out, or use @merge"
                    )
                }
                let place = pointer + "/" + JSONPointer.escaped(name)
                object[name] = try value(member, at: place, depth: depth + 1)
                lines[place] = key.mark?.line ?? line
            }
            return .object(object)
        case .alias: return .null
        }
    }

    private static func value(_ scalar: Node.Scalar) -> JSONValue {
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        switch scalar.string {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default:
            guard let first = scalar.string.utf8.first,
                first == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first),
                let number = try? JSONParser.parse(scalar.string), number.doubleValue != nil
            else { return .string(scalar.string) }
            return number
        }
    }

    private static func fault(_ error: any Error) -> MappingsFileFaults.Fault {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, let yaml)?, .parser(_, let problem, let mark, let yaml)?,
            .composer(_, let problem, let mark, let yaml)?:
            let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
            let text = lines.indices.contains(mark.line - 1) ? lines[mark.line - 1] : ""
            let isDirective = text.contains { $0 == "@" } && problem.contains("cannot start any token")
            let hint = isDirective ? "; a word that begins with @ needs quotes, as \"@path\"" : ""
            return MappingsFileFaults.Fault(line: mark.line, path: "", reason: "not YAML: \(problem)\(hint)")
        case .duplicatedKeysInMapping(let duplicates, _)?:
            return MappingsFileFaults.Fault(
                line: 1,
                path: "",
                reason: "keys that come twice: \(duplicates.map { "\($0)" }.sorted().joined(separator: ", "))"
            )
        default: return MappingsFileFaults.Fault(line: 1, path: "", reason: "not YAML: \(error)")
        }
    }
}
