import JSON
import Loops
import Testing

@testable import Bridge
@testable import Destination

@Suite("What mappings and events name at Loops, beside what the team has")
struct AccountTests {
    private static let account = LoopsAccount(
        properties: ["plan": .string, "seats": .number, "since": .date, "strange": nil, "firstName": .string],
        lists: ["cm01": "News", "cm02": "Offers"]
    )

    private func findings(_ fields: JSONObject, _ action: LoopsAction = .createOrUpdateContact) throws
        -> [AccountFinding]
    {
        let mapping = try DestinationMapping(name: "M", action: action, fields: .object(fields), usesDefaults: true)
        return try Destination(mappings: [mapping]).findings(in: Self.account)
    }

    @Test("A misspelt property is named with the one that was meant")
    func misspelt() throws {
        let found = try findings(["customAttributes": ["plann": ["@path": "$.traits.plan"], "firstName": "x"]])
        #expect(found.map(\.name.name) == ["plann"])
        #expect(
            found.first?.text
                == "mapping 'M' sends the contact property 'plann', which Loops does not have: it drops the value without a word"
        )
        #expect(found.first?.advice.hasPrefix("Did you mean 'plan'? If not, make it in Loops") ?? false)
    }

    @Test("Types differ where the mapping says the value; null empties any property")
    func types() throws {
        let found = try findings(
            ["contactProperties": ["seats": "five", "plan": 5, "since": "2026-01-01", "strange": true]],
            .sendEvent
        )
        #expect(found.map(\.name.name) == ["seats", "plan"])
        #expect(found.first?.advice == "Send a number.")
        #expect(try findings(["contactProperties": ["seats": nil, "plan": ["@path": "$.a"]]], .sendEvent).isEmpty)
    }

    @Test("A list by its name, by a misspelt ID, by nothing like it")
    func lists() throws {
        let found = try findings(["mailingLists": ["news": true, "cm0": true, "zzzzzzzz": true, "cm01": true]])
        #expect(found.map(\.name.name) == ["news", "cm0", "zzzzzzzz"])
        #expect(found[0].advice == "Did you mean 'cm01' (News)?")
        #expect(found[2].advice == "Take the ID from Loops' settings of the list.")
    }

    @Test("Mappings that take all traits name nothing; those that are off, and other actions, neither")
    func nothingNamed() throws {
        #expect(Destination.presets.findings(in: Self.account).isEmpty)
        #expect(try findings([:], .deleteContact).isEmpty)
        let off = try DestinationMapping(
            name: "M",
            action: .createOrUpdateContact,
            fields: ["customAttributes": ["no": 1]],
            usesDefaults: true,
            isEnabled: false
        )
        #expect(try Destination(mappings: [off]).findings(in: Self.account).isEmpty)
    }

    @Test("Events are counted by name once Loops has said what it has; a name that is made since is forgotten")
    func counted() {
        var use = AccountUse()
        let request = LoopsRequest(
            operation: .createOrUpdateContact,
            body: [
                "userId": "u", "plan": 1, "color": "x", "since": nil, "mailingLists": ["cm01": true, "cm09": false],
            ]
        )
        use.count(request)
        #expect(use.unknownProperties.isEmpty)
        use.learned(Self.account, at: 1)
        use.count(request)
        use.count(request)
        let event: JSONObject = ["eventName": "E", "eventProperties": ["size": 1], "color": "y"]
        use.count(LoopsRequest(operation: .sendEvent, body: event))
        use.count(LoopsRequest(operation: .sendTransactional, body: ["dataVariables": [:], "other": 1]))
        #expect(use.unknownProperties == ["color": 3] && use.differingTypes == ["plan": 2])
        #expect(use.unknownLists == ["cm09": 2] && use.uncounted == 0)
        use.learned(LoopsAccount(properties: ["color": .string], lists: ["cm09": "New"]), at: 2)
        #expect(use.unknownProperties.isEmpty && use.unknownLists.isEmpty && use.checkedAt == 2)
    }

    @Test("Names come from events: no more than 100 of them, and none that is very long")
    func bounded() {
        var use = AccountUse()
        use.learned(LoopsAccount(properties: [:], lists: [:]), at: 1)
        for number in 0..<(AccountUse.mostNames + 20) {
            use.count(LoopsRequest(operation: .createOrUpdateContact, body: ["name\(number)": 1]))
        }
        use.count(LoopsRequest(operation: .createOrUpdateContact, body: ["name0": 1]))
        #expect(use.unknownProperties.count == AccountUse.mostNames && use.uncounted == 20)
        #expect(use.unknownProperties["name0"] == 2)
        var other = AccountUse()
        other.learned(LoopsAccount(properties: [:], lists: [:]), at: 1)
        let long = String(repeating: "x", count: AccountUse.maxNameBytes + 1)
        other.count(LoopsRequest(operation: .createOrUpdateContact, body: [long: 1]))
        #expect(other.unknownProperties.isEmpty && other.uncounted == 1)
    }
}
