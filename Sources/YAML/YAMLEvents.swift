import CYAML

/// What libyaml finds in a text, piece by piece.
///
/// libyaml holds pointers to its own state and to the text: both have a place of their own here until the end.
final class YAMLEvents {
    enum Event {
        case alias(String)
        case scalar(String, isPlain: Bool, anchor: String?)
        case sequenceStart(anchor: String?)
        case mappingStart(anchor: String?)
        /// Of a sequence or a mapping.
        case end
        case documentStart
        case documentEnd
        case streamEnd
    }

    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    private let text: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: [UInt8]) throws(YAMLFault) {
        text = .allocate(capacity: bytes.count)
        _ = text.initialize(fromContentsOf: bytes)
        parser.initialize(to: yaml_parser_t())
        guard yaml_parser_initialize(parser) == 1 else { throw YAMLFault(line: 1, reason: "out of memory") }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        text.deallocate()
    }

    /// - Returns: the next event, and the line where it begins, 1-based.
    func next() throws(YAMLFault) -> (event: Event, line: Int) {
        var found = yaml_event_t()
        while true {
            guard yaml_parser_parse(parser, &found) == 1 else { throw fault }
            defer { yaml_event_delete(&found) }
            if let event = Self.event(found) { return (event, 1 + Int(found.start_mark.line)) }
        }
    }

    /// - Returns: nil for what says nothing: that the stream begins.
    private static func event(_ found: yaml_event_t) -> Event? {
        switch found.type {
        case YAML_ALIAS_EVENT: return .alias(name(found.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = found.data.scalar
            // It may have NUL in it, and is UTF-8 in any case.
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, anchor: name(scalar.anchor))
        case YAML_SEQUENCE_START_EVENT: return .sequenceStart(anchor: name(found.data.sequence_start.anchor))
        case YAML_MAPPING_START_EVENT: return .mappingStart(anchor: name(found.data.mapping_start.anchor))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .end
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_STREAM_START_EVENT: return nil
        // What libyaml gives after the end is nothing, again and again.
        default: return .streamEnd
        }
    }

    private static func name(_ anchor: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        anchor.map { String(cString: $0) }
    }

    /// Why libyaml stopped.
    private var fault: YAMLFault {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "out of memory"
        guard state.error == YAML_READER_ERROR else {
            return YAMLFault(line: 1 + Int(state.problem_mark.line), reason: "not YAML: \(problem)")
        }
        // A character that YAML does not have. Only its place in the text is known.
        let place = min(Int(state.problem_offset), text.count)
        return YAMLFault(line: 1 + text.prefix(place).count { $0 == 0x0A }, reason: "not YAML: \(problem)")
    }
}
