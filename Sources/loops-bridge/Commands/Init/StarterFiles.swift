import BridgeService
import Destination

/// The files that `init` writes.
struct StarterFile: Sendable, Equatable {
    let name: String
    let text: String

    static let casesName = "cases.yaml"

    static var all: [StarterFile] {
        [
            StarterFile(name: "mappings.yaml", text: mappings),
            StarterFile(name: casesName, text: cases),
            StarterFile(name: FileSchema.mappings.fileName, text: FileSchema.mappings.text),
            StarterFile(name: FileSchema.cases.fileName, text: FileSchema.cases.text),
        ]
    }

    private static let mappings = """
        # \(MappingsSchema.editorLine)
        # Which events become which requests to Loops. 'loops-bridge test cases.yaml' tests it, and
        # 'loops-bridge map --mappings mappings.yaml --explain' says of each event why it becomes what.
        mappings:
          # An identify updates the contact. The action's defaults give userId, email and names; of the other traits only these are sent.
          - name: Contacts
            action: createOrUpdateContact
            trigger: type = "identify"
            mapping:
              customAttributes:
                plan: {"@path": $.traits.plan}
            # Loops takes neither objects as properties nor texts over 500 characters.
            options: {nested: flatten, longText: truncate}

          # Only what Loops needs, since each event may start a mail. The defaults give the name and the properties.
          - name: Sign-ups
            action: sendEvent
            trigger: type = "track" and event = "Signed Up"

        """

    private static let cases = """
        # \(CasesSchema.editorLine)
        # An event in, the requests expected: 'loops-bridge test cases.yaml'
        mappings: mappings.yaml

        cases:
          - name: An identify updates the contact, with the plan and no other trait
            event:
              type: identify
              userId: u1
              traits: {email: ann@example.com, firstName: Ann, plan: pro, shoeSize: 42}
            expect:
              - mapping: Contacts
                request:
                  path: contacts/update
                  body: {userId: u1, email: ann@example.com, firstName: Ann, plan: pro, source: Segment, mailingLists: {}}

          - name: A sign-up is an event
            event: {type: track, userId: u1, event: Signed Up, properties: {course: Finance}}
            expect:
              - mapping: Sign-ups
                request:
                  path: events/send
                  body: {userId: u1, eventName: Signed Up, eventProperties: {course: Finance}}

          - name: Other events are ignored
            event: {type: track, userId: u1, event: Button Clicked}
            expect: ignored

          - name: A sign-up of nobody is refused
            event: {type: track, event: Signed Up}
            expect:
              - error: {userId: required}

        """
}
