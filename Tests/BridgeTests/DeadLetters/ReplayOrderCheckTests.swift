import RedisStreams
import Testing

@testable import Bridge
@testable import Operations

@Suite("Overtaking: which newer events of a contact speak against a replay")
struct OvertakingTests {
    private func orderCheck(
        oldest: UInt64 = 1,
        isLimited: Bool = false,
        lastAdded: UInt64? = 100,
        letters: Set<StreamID> = [],
        copies: [StreamID: StreamID] = [:]
    ) -> ReplayOrderCheck {
        ReplayOrderCheck(
            letters: letters,
            copies: copies,
            reach: .init(
                oldest: .sample(oldest),
                looked: 9,
                isLimited: isLimited,
                lastAdded: lastAdded.map { .sample($0) }
            )
        )
    }

    @Test("Newer events of the contact are told apart: delivered ones and those that wait")
    func newer() {
        var all = orderCheck()
        all.found(.sample(5), contact: "a", isWaiting: false)
        all.found(.sample(20), contact: "a", isWaiting: false)
        all.found(.sample(30), contact: "a", isWaiting: true)
        all.found(.sample(40), contact: "b", isWaiting: false)
        #expect(all.verdict(.sample(10), contact: "a") == .overtaken(delivered: 1, waiting: 1))
        #expect(all.verdict(.sample(25), contact: "a") == .overtaken(delivered: 0, waiting: 1))
        #expect(all.verdict(.sample(30), contact: "a") == .free)
        #expect(all.verdict(.sample(10), contact: "c") == .free)
        #expect(all.verdict(.sample(10), contact: nil) == .free)
    }

    @Test("Other dead letters, and what a replay has put elsewhere, are no newer events")
    func without() {
        var all = orderCheck(letters: [.sample(20)], copies: [.sample(60): .sample(30), .sample(70): .sample(5)])
        all.found(.sample(20), contact: "a", isWaiting: false)
        // Replayed as 60: it counts there, at its own place, and 70 is the copy of an older event.
        all.found(.sample(30), contact: "a", isWaiting: false)
        all.found(.sample(70), contact: "a", isWaiting: false)
        #expect(all.verdict(.sample(10), contact: "a") == .free)
        all.found(.sample(60), contact: "a", isWaiting: true)
        #expect(all.verdict(.sample(10), contact: "a") == .overtaken(delivered: 0, waiting: 1))
        #expect(all.verdict(.sample(40), contact: "a") == .free, "the copy of 30 stands at 30")
        #expect(all.verdict(.sample(70), contact: "a") == .overtaken(delivered: 0, waiting: 1), "it stands at 5")
    }

    @Test("The copy of a copy stands where the first original stood, however often it was replayed")
    func copiesOfCopies() {
        // 10 was replayed as 60, that as 70, that as 80; 20 was replayed as 90.
        let copies: [StreamID: StreamID] = [
            .sample(60): .sample(10), .sample(70): .sample(60), .sample(80): .sample(70), .sample(90): .sample(20),
        ]
        var all = orderCheck(letters: [.sample(80)], copies: copies)
        for number in [10, 20, 60, 70, 80, 90] as [UInt64] {
            all.found(.sample(number), contact: "a", isWaiting: false)
        }
        #expect(
            all.verdict(.sample(80), contact: "a") == .overtaken(delivered: 1, waiting: 0),
            "20 was delivered as 90"
        )
        var other = orderCheck(letters: [.sample(10)], copies: copies)
        for number in [10, 60, 70, 80] as [UInt64] { other.found(.sample(number), contact: "a", isWaiting: true) }
        #expect(other.verdict(.sample(10), contact: "a") == .free, "a copy is not newer than what it is a copy of")
        #expect(other.verdict(.sample(5), contact: "a") == .overtaken(delivered: 0, waiting: 1))
        let round = orderCheck(copies: [.sample(1): .sample(2), .sample(2): .sample(1)])
        #expect(round.verdict(.sample(2), contact: "a") == .free, "nonsense in Redis does not make it go round")
    }

    @Test("What the stream has lost is unknown, unless nothing was added since")
    func trimmed() {
        #expect(orderCheck(oldest: 50).verdict(.sample(10), contact: "a") == .trimmed)
        #expect(orderCheck(oldest: 50).verdict(.sample(50), contact: "a") == .free)
        #expect(orderCheck(oldest: 50, lastAdded: 10).verdict(.sample(10), contact: "a") == .free)
        #expect(orderCheck(oldest: 50, lastAdded: nil).verdict(.sample(10), contact: "a") == .trimmed)
        #expect(orderCheck(oldest: 50, isLimited: true).verdict(.sample(10), contact: "a") == .tooFarBack(looked: 9))
    }

    @Test("Each obstacle is told in words; none is nothing")
    func words() {
        #expect(ReplayOrderCheck.Verdict.free.obstacle == nil)
        let delivered = ReplayOrderCheck.Verdict.overtaken(delivered: 3, waiting: 0).obstacle
        #expect(
            delivered
                == "newer events of this contact were delivered meanwhile (3): replaying would put the older one last"
        )
        #expect(
            ReplayOrderCheck.Verdict.overtaken(delivered: 0, waiting: 2).obstacle?.contains("wait in the stream (2)")
                == true
        )
        #expect(ReplayOrderCheck.Verdict.overtaken(delivered: 1, waiting: 2).obstacle?.contains("(1) or wait") == true)
        #expect(ReplayOrderCheck.Verdict.trimmed.obstacle?.contains("unknown") == true)
        #expect(ReplayOrderCheck.Verdict.tooFarBack(looked: 5).obstacle?.contains("last 5 entries") == true)
    }
}
