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
