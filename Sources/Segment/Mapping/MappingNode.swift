import JSON

/// A mapping, compiled: what is done for an event, with every text parsed and every option decided.
indirect enum MappingNode: Sendable {
    /// No directive inside.
    case constant(JSONValue)
    case undefined
    case object([Member])
    case array([MappingNode])
    case path(EventPath)
    case template(TemplateText, at: String)
    /// `@path` or `@template` whose argument is itself a directive.
    case computed(Computed, MappingNode, at: String)
    case choice(Choice)
    case changeCase(isUpper: Bool, MappingNode)
    case replace([Replacement], MappingNode, at: String)
    case items(MappingNode, shape: MappingNode)
    case merge([MappingNode], laterWins: Bool)
    case encode(MappingNode)
    case decode(MappingNode)
    case flatten(MappingNode, separator: String, omitsArrays: Bool, at: String)
    case transform(apply: MappingNode, mapping: MappingNode, at: String)
    case excludeNull(MappingNode)
    case liquid(LiquidTemplate, at: String)
    /// What Segment notices only when it gets there.
    case failure(MappingError)

    struct Member: Sendable {
        let key: String
        let node: MappingNode
    }

    enum Computed: String, Sendable {
        case path = "@path"
        case template = "@template"
    }

    /// `@if`
    struct Choice: Sendable {
        let condition: MappingNode
        /// `blank` instead of `exists`: what is loosely equal to `""` does not count either.
        let isForBlank: Bool
        let then: MappingNode
        let otherwise: MappingNode
    }
}

extension MappingNode {
    var constantValue: JSONValue? {
        if case .constant(let value) = self { value } else { nil }
    }
}

/// The directives of Segment's mapping language.
enum MappingDirective: String, CaseIterable {
    case path = "@path"
    case template = "@template"
    case choice = "@if"
    case changeCase = "@case"
    case replace = "@replace"
    case arrayPath = "@arrayPath"
    case merge = "@merge"
    case json = "@json"
    case flatten = "@flatten"
    case transform = "@transform"
    case literal = "@literal"
    case excludeWhenNull = "@excludeWhenNull"
    case liquid = "@liquid"
}
