import JSON

extension ContentOptions {
    /// The request as Loops takes it, and what was changed for that.
    package func apply(to request: LoopsRequest) -> (request: LoopsRequest, adjustments: [Adjustment]) {
        guard !isOff, request.operation.traits.appliesContentOptions else { return (request, []) }
        var editor = Editor(options: self)
        var request = request
        request.body = editor.edited(request.body)
        return (request, editor.adjustments)
    }

    private struct Editor {
        /// Cutting these would make them somebody else's.
        private static let identities: Set<String> = ["email", "eventName", "userId"]

        let options: ContentOptions
        private(set) var adjustments: [Adjustment] = []

        init(options: ContentOptions) {
            self.options = options
        }

        mutating func edited(_ body: JSONObject) -> JSONObject {
            var result = JSONObject()
            var flattened: [(String, JSONValue)] = []
            for (name, value) in body {
                if name == "eventProperties", case .object(let properties) = value {
                    result[name] = .object(self.properties(properties, at: "/eventProperties"))
                } else if name == "mailingLists" || Self.identities.contains(name) {
                    result[name] = value
                } else if ContentOptions.ownNames.contains(name) {
                    result[name] = shortened(value, at: JSONPointer.text([name]))
                } else if let allowed = options.allowedProperties, !allowed.contains(name) {
                    note(.droppedByAllowList, at: JSONPointer.text([name]))
                } else if options.dropsReservedNames, ContentOptions.reservedNames.contains(name) {
                    note(.droppedReserved, at: JSONPointer.text([name]))
                } else {
                    flattened += property(name, value, at: JSONPointer.text([name]), into: &result)
                }
            }
            add(flattened, to: &result)
            return result
        }

        private mutating func properties(_ object: JSONObject, at path: String) -> JSONObject {
            var result = JSONObject()
            var flattened: [(String, JSONValue)] = []
            for (name, value) in object {
                flattened += property(name, value, at: path + JSONPointer.text([name]), into: &result)
            }
            add(flattened, to: &result)
            return result
        }

        /// What was said outright is not overwritten by what flattening brings up.
        private func add(_ flattened: [(String, JSONValue)], to object: inout JSONObject) {
            for (name, value) in flattened where object[name] == nil { object[name] = value }
        }

        /// Puts a property into `result`; what flattening makes of it is returned instead.
        private mutating func property(
            _ name: String,
            _ value: JSONValue,
            at path: String,
            into result: inout JSONObject
        ) -> [(String, JSONValue)] {
            guard value.objectValue != nil || value.arrayValue != nil else {
                if let value = shortened(value, at: path) { result[name] = value }
                return []
            }
            switch options.nested {
            case .send: result[name] = value
            case .drop: note(.droppedNested, at: path)
            case .flatten:
                note(.flattened, at: path)
                var leaves: [(String, JSONValue)] = []
                flatten(value, name: name, at: path, into: &leaves)
                return leaves
            }
            return []
        }

        private mutating func flatten(
            _ value: JSONValue,
            name: String,
            at path: String,
            into leaves: inout [(String, JSONValue)]
        ) {
            guard name.utf8.count <= ContentOptions.flattenedNameBytesMax else { return note(.droppedNested, at: path) }
            switch value {
            case .object(let object):
                for (key, value) in object {
                    flatten(value, name: "\(name)_\(key)", at: path + JSONPointer.text([key]), into: &leaves)
                }
            case .array(let elements):
                for (index, value) in elements.enumerated() {
                    flatten(value, name: "\(name)_\(index)", at: "\(path)/\(index)", into: &leaves)
                }
            case .null, .bool, .int, .uint, .double, .string:
                if let value = shortened(value, at: path) { leaves.append((name, value)) }
            }
        }

        private mutating func shortened(_ value: JSONValue, at path: String) -> JSONValue? {
            guard options.longText != .send, case .string(let text) = value,
                text.utf16.count > ContentOptions.textUnitsMax
            else { return value }
            if options.longText == .drop {
                note(.droppedText, at: path)
                return nil
            }
            note(.truncatedText, at: path)
            return .string(ContentOptions.prefix(of: text))
        }

        private mutating func note(_ kind: Adjustment.Kind, at path: String) {
            adjustments.append(Adjustment(kind: kind, path: path))
        }
    }

    /// As many whole characters as Loops takes.
    private static func prefix(of text: String) -> String {
        var units = 0
        var end = text.startIndex
        while end < text.endIndex {
            units += text[end].utf16.count
            guard units <= textUnitsMax else { break }
            text.formIndex(after: &end)
        }
        return String(text[..<end])
    }
}
