import DevKit
import Foundation
import Support
import Testing

@Suite struct SmallPartsTests {
    @Test func portsAreGivenOnce() {
        let ports = (0..<200).map { _ in FreePort.take() }
        #expect(Set(ports).count == 200 && ports.allSatisfy { (1024...65535).contains($0) })
    }

    @Test func aTemporaryFolderIsGoneAfterwards() async throws {
        struct Fault: Error {}
        var paths: [String] = []
        let answer = try await TemporaryFolder.with { path in
            paths.append(path)
            try "x".write(toFile: "\(path)/file", atomically: true, encoding: .utf8)
            return 1
        }
        #expect(answer == 1)
        await #expect(throws: Fault.self) {
            try await TemporaryFolder.with { path in
                paths.append(path)
                throw Fault()
            }
        }
        #expect(Set(paths).count == 2 && !paths.contains { FileManager.default.fileExists(atPath: $0) })
    }

    @Test func theFirstValueCounts() async {
        let value = OneTime<Int>()
        async let early = value.value
        value.set(1)
        value.set(2)
        #expect(await early == 1)
        #expect(await value.value == 1)
    }

    @Test func theSameSeedGivesTheSameEvents() {
        let first = Array(SampleEvents(seed: 1).prefix(200))
        #expect(first == Array(SampleEvents(seed: 1).prefix(200)))
        #expect(first != Array(SampleEvents(seed: 2).prefix(200)))
    }

    /// The numbers of the algorithm's authors for seed 1234567.
    @Test func theGeneratorIsTheOneThatItSays() {
        var random = SplitMix64(seed: 1_234_567)
        #expect(
            (0..<3).map { _ in random.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ]
        )
    }
}
