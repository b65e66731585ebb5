/// What can be done at Loops for an event.
///
/// The first two are those of Segment's destination "Loops (Actions)" with its fields and defaults (docs/reference/mapping-language.md,
/// "The two presets"); the others are ours.
package enum LoopsAction: String, Sendable, CaseIterable {
    case createOrUpdateContact
    case sendEvent
    case deleteContact
    case sendTransactional

    package var traits: ActionTraits {
        switch self {
        case .createOrUpdateContact: CreateOrUpdateContact.traits
        case .sendEvent: SendEvent.traits
        case .deleteContact: DeleteContact.traits
        case .sendTransactional: SendTransactional.traits
        }
    }
}
