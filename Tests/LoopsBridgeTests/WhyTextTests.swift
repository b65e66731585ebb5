import JSON
import RedisStreams
import Testing

@testable import Bridge
@testable import BridgeService
@testable import Operations
@testable import StreamGroups
@testable import loops_bridge

@Suite("Whereabouts in words: one for each state, unknown stays unknown")
struct WhyTextTests {
    private let text = WhyText(now: 1_000_000, rate: 10, group: "g")
    private let id = StreamID(milliseconds: 7, sequence: 0)

    private func hit(_ state: EventLocation.State) -> EventLocation {
        EventLocation(stream: "events", id: id, messageIDs: ["m1"], contact: "ann@example.com", state: state)
    }

    private func findings(members: Int = 1) -> EventSearchResult {
        var findings = EventSearchResult(stream: "events")
        findings.members = members
        return findings
    }

    private func trouble(_ status: Int? = 503, next: Int64? = 1_012_000, member: String = "r1") -> DeliveryError {
        DeliveryError(
            attempts: 3,
            status: status,
            message: "ann@example.com?",
            lastAt: 970_000,
            nextAt: next,
            member: member
        )
    }

    @Test("Waiting: how many come before, and about how long that takes at the rate")
    func waiting() {
        #expect(
            text.words(hit(.waiting(before: 2400)), findings())
                == ["waiting, not read yet: 2400 entries come before it; at 10 a second about 4 min"]
        )
        #expect(
            text.words(hit(.waiting(before: nil)), findings())
                == ["waiting, not read yet: how many come before it is unknown"]
        )
        #expect(text.words(hit(.waiting(before: 5)), findings(members: 0))[0].hasSuffix("before it; no replica runs"))
        let unlimited = WhyText(now: 0, rate: 0, group: "g")
        #expect(unlimited.words(hit(.waiting(before: 5)), findings())[0].hasSuffix("5 entries come before it"))
    }

    @Test("In hand: the owner, the last answer, the next attempt, and what is before it")
    func pending() {
        var place = PendingPosition(consumer: "p03", partition: 3, owner: "r1", before: 20)
        #expect(
            text.words(hit(.pending(place)), findings()) == [
                "in hand: pending in partition p03, owned by r1",
                "20 pending entries of all contacts are older; at 10 a second about 2 s",
            ]
        )
        place.trouble = trouble()
        #expect(
            text.words(hit(.pending(place)), findings())[1]
                == "3 attempts so far; 30 s ago Loops answered 503 (…?); tried again in 12 s"
        )
        place.trouble = trouble(nil, next: nil)
        #expect(text.words(hit(.pending(place)), findings())[1].contains("no answer of Loops"))
        #expect(text.words(hit(.pending(place)), findings())[1].hasSuffix("when Loops takes requests again"))
        place.trouble = trouble(member: "r0")
        #expect(text.words(hit(.pending(place)), findings())[1].contains("told by r0, which does not own it any more"))
        place.trouble = nil
        let other = StreamID(milliseconds: 3, sequence: 0)
        place.behind = .init(
            count: 7,
            first: [.init(id: other, messageID: "m0", trouble: trouble())],
            isComplete: false
        )
        let words = text.words(hit(.pending(place)), findings())
        #expect(words[1] == "behind 7 earlier pending entries of the same contact: 3-0 (m0) and 6 more")
        #expect(words[2].hasPrefix("of these 3-0: 3 attempts so far") && words[3].contains("--scan"))
        let free = PendingPosition(consumer: "p03", partition: 3, owner: nil, before: nil)
        #expect(text.words(hit(.pending(free)), findings())[0].contains("owned by nobody"))
        #expect(text.words(hit(.pending(free)), findings())[1].contains("unknown"))
        let foreign = PendingPosition(consumer: "x", partition: nil, owner: nil, before: 0)
        #expect(text.words(hit(.pending(foreign)), findings())[0].contains("of another program"))
    }

    @Test("Finished, replayed, no group, and nothing found")
    func others() {
        #expect(text.words(hit(.finished), findings()) == ["finished: the group has read it, and it is not pending"])
        var asked = text
        func finished(_ fate: PastEntries.Fate) -> String {
            asked.fates = [hit(.finished).id: fate]
            return asked.words(hit(.finished), findings()).joined(separator: "\n")
        }
        let past = "finished, and no journal that was asked has it any more; "
        #expect(
            finished(
                .wouldBe(
                    .delivered(
                        [1, 2].map { .init(method: "PUT", path: "contacts/update", mapping: "M\($0)") }
                    ),
                    mappings: "M"
                )
            ) == past
                + "by M it would be: delivered, in 2 requests"
        )
        #expect(finished(.wouldBe(.ignored(why: "x"), mappings: "M")) == past + "by M it would be: ignored: x")
        #expect(
            finished(.wouldBe(.deadLettered(why: "a@b.c is bad"), mappings: "M")).hasSuffix("dead-lettered: …@… is bad")
        )
        #expect(finished(.unknown("it is gone")) == past + "it is gone")
        let told: JSONValue = [
            "outcome": "ignored", "replica": "r", "reasons": ["m: not x"], "completedAt": 999, "seconds": 1,
        ]
        #expect(
            finished(.told(told))
                == "ignored, since no mapping takes it, 1 s ago by r, 1000 ms after it was added\nm: not x"
        )
        #expect(text.words(hit(.replayed(as: id)), findings())[0].hasSuffix("goes on as 7-0"))
        #expect(text.words(hit(.noGroup), findings())[0].contains("no group g"))
        var nothing = findings()
        nothing.looked = 3
        #expect(
            text.summary(nothing).contains(
                "never published there, or the stream lost it by trimming (the stream is empty)"
            )
        )
        nothing.oldest = StreamID(milliseconds: 400_000, sequence: 0)
        nothing.isLimited = true
        #expect(text.summary(nothing).contains("10 min old") && text.summary(nothing).contains("--scan"))
    }

    @Test("Contacts are shown only when asked for, in text and as JSON")
    func contacts() {
        let place = PendingPosition(consumer: "p03", partition: 3, owner: "r1", before: 0, trouble: trouble())
        let hidden = hit(.pending(place))
        #expect(!text.text(hidden, findings()).contains("ann@"))
        #expect(!text.json(hidden, findings()).jsonText.contains("ann@"))
        let open = WhyText(now: 0, rate: 10, group: "g", showsContacts: true)
        #expect(
            open.text(hidden, findings()).contains("ann@")
                && open.json(hidden, findings())["contact"] == "ann@example.com"
        )
        #expect(open.json(hidden, findings())["trouble"]?["attempts"] == 3)
        #expect(open.json(hit(.waiting(before: 30)), findings())["seconds"]?.doubleValue == 3)
    }
}
