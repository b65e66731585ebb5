import JSON
import Support
import Testing

@testable import Segment

@Suite("Times of events, read and written")
struct EventTimestampTests {
    @Test(
        "As Segment's libraries write them",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_860_010_007, "2026-11-28T10:00:10.007Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)]
    )
    func fixed(milliseconds: Int64, text: String) {
        #expect(EventTimestamp.text(milliseconds: milliseconds) == text)
        #expect(EventTimestamp.milliseconds(.string(text)) == milliseconds)
    }

    @Test("Outside of four digits of a year there is no text")
    func outside() {
        for milliseconds in [-62_167_219_200_001, 253_402_300_800_000, Int64.min, Int64.max] {
            #expect(EventTimestamp.text(milliseconds: milliseconds) == nil)
        }
    }

    @Test("What is written is read as it was", arguments: 1...4 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<2000 {
            let milliseconds = Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &random)
            let text = try #require(EventTimestamp.text(milliseconds: milliseconds))
            #expect(EventTimestamp.milliseconds(.string(text)) == milliseconds)
        }
    }

    @Test("What is no time is none")
    func none() {
        for value in [.null, true, "then", "", [], [:], .double(.infinity), .double(1e300)] as [JSONValue] {
            #expect(EventTimestamp.milliseconds(value) == nil)
        }
    }
}
