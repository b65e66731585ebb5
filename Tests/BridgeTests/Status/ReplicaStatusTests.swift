import StreamGroups
import Testing

@testable import Bridge

@Suite("Who owns what")
struct ReplicaStatusTests {
    @Test("Members by name, with what they own; the one that is asked is known")
    func owners() {
        let list = ReplicaStatus.list(members: ["b/2", "a/1"], owners: [3: "a/1", 0: "a/1", 1: "b/2"], own: "b/2")
        #expect(
            list == [
                ReplicaStatus(name: "a", isSelf: false, partitions: [0, 3]),
                ReplicaStatus(name: "b", isSelf: true, partitions: [1]),
            ]
        )
    }

    @Test("A page is that of the member that published it")
    func pages() {
        let page = PublicAddress("http://a:1")
        let addresses = ["a/1": page, "gone/3": PublicAddress("http://gone")].compactMapValues(\.self)
        let list = ReplicaStatus.list(members: ["a/1", "b/2"], owners: [:], addresses: addresses, own: nil)
        #expect(list.map(\.address) == [page, nil])
    }

    @Test("Two of one name are told apart, and an owner that left is listed until its partitions are taken over")
    func twins() {
        let list = ReplicaStatus.list(members: ["a/1", "a/2"], owners: [0: "gone/9"], own: nil)
        #expect(list.map(\.name) == ["a/1", "a/2", "gone"])
        #expect(list.map(\.partitions) == [[], [], [0]])
    }
}
