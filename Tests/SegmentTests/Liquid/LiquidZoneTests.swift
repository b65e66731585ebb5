import DevKit
import Foundation
import JSON
import Support
import Testing

@testable import Segment

@Suite("Time zones of the system's zone data")
struct LiquidZoneTests {
    /// Foundation reads the same zones with a program of its own.
    @Test(
        "offsets are those of another reader",
        arguments: [
            "America/New_York", "Europe/Oslo", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo",
            "Pacific/Apia",
            "Asia/Tehran", "Africa/Monrovia", "America/St_Johns", "Pacific/Auckland", "Asia/Pyongyang",
            "America/Caracas",
        ]
    )
    func agreesWithFoundation(_ name: String) throws {
        let rules = try #require(ZoneDirectory.system.rules(named: name))
        let zone = try #require(TimeZone(identifier: name))
        var generator = SplitMix64(seed: UInt64(name.utf8.count))
        for _ in 0..<2_000 {
            // From 1975 to 2036: before, editions of the zone data differ; behind, some readers stop.
            let seconds = Int.random(in: 157_766_400...2_082_758_400, using: &generator)
            let expected = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
            #expect(rules.secondsAhead(at: seconds) == expected, "\(name) at \(seconds)")
        }
    }

    @Test("behind the last transition the zone's rule holds")
    func rule() throws {
        let newYork = try #require(ZoneDirectory.system.rules(named: "America/New_York"))
        // 2060-07-01 and 2060-12-01, at noon.
        #expect(newYork.secondsAhead(at: 2_855_908_800) == -4 * 3600)
        #expect(newYork.secondsAhead(at: 2_869_128_000) == -5 * 3600)
        let rule = try #require(PosixZoneRule("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"))
        #expect(rule.secondsAhead(at: 2_855_908_800) == 37_800)
        #expect(rule.secondsAhead(at: 2_869_128_000) == 39_600)
    }

    @Test(
        "a rule is read in all its forms",
        arguments: [
            ("UTC0", 0), ("EST5", -18_000), ("<-03>3", -10_800), ("IST-5:30", 19_800), ("AAA-1:02:03", 3_723),
            ("AAA0BBB,J60/2,J300/2", 3_600), ("AAA0BBB,59,300", 3_600), ("EET-2EEST,M3.5.0/3,M10.5.0/4", 10_800),
            ("AAA0BBB,M1.1.0/-24,M12.5.0/+167", 3_600),
        ]
    )
    func rules(text: String, inJuly: Int) throws {
        // 2030-07-15
        #expect(try #require(PosixZoneRule(text)).secondsAhead(at: 1_910_304_000) == inJuly)
    }

    @Test(
        "what is no rule is none",
        arguments: [
            "", "A5", "EST", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.2.0,M11.1.0x", "<EST5",
            "EST5EDT,J366,J1", "EST5EDT,366,1", "EST5:",
        ]
    )
    func noRules(text: String) { #expect(PosixZoneRule(text) == nil) }

    @Test(
        "names count whatever their capitals, and are no paths",
        arguments: [
            "../zoneinfo/Europe/Oslo", "Europe", "Europe/", "/etc/localtime", "zone.tab", "posix/Europe/Oslo",
            "right/UTC", "",
            "localtime", "Factory", String(repeating: "a", count: 10_000),
        ]
    )
    func noNames(_ name: String) {
        #expect(ZoneDirectory.system.rules(named: "eUROPE/oSLO") != nil)
        #expect(ZoneDirectory.system.rules(named: name) == nil)
    }

    @Test("without zone data, a template that names a zone says so when it is loaded")
    func noZoneData() throws {
        let zones = ZoneDirectory(folder: "/nowhere")
        #expect(zones.isEmpty)
        let template = "{{ d | date: '%H:%M', 'Europe/Oslo' }}"
        let fault = try #require(try LiquidTemplate(parsing: template, zones: zones).zoneFaults.first)
        #expect(fault.contains("no time zone data") && fault.contains("tzdata"))
        #expect(try LiquidTemplate(parsing: template).zoneFaults.isEmpty)
        // UTC and offsets need none.
        let utc = "{{ d | date: '%H:%M', 'Etc/UTC' }} {{ d | date: '%H:%M', '+01:00' }}"
        #expect(try LiquidTemplate(parsing: utc, zones: zones).zoneFaults.isEmpty)
        #expect(try LiquidTemplate(parsing: utc, zones: zones).render(["d": 0]) == "00:00 01:00")
    }

    @Test("a zone that is misspelt is found when the mapping is loaded")
    func misspelt() throws {
        let mapping = try EventMapping(compiling: ["a": ["@liquid": "{{ d | date: '%H', 'Europe/Olso' }}"]])
        #expect(mapping.lateFaults.map(\.path) == ["/a/@liquid"])
        #expect(try mapping.resolve([:]) == ["a": ""])
    }

    @Test("files of any bytes are rules or none")
    func anyFile() throws {
        let path = try #require(
            ["/usr/share/zoneinfo/Europe/Oslo"].first { FileManager.default.fileExists(atPath: $0) }
        )
        let good = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(ZoneRules(tzif: good) != nil)
        var generator = SplitMix64(seed: 3)
        for _ in 0..<2_000 {
            var bytes = Array(good.prefix(Int.random(in: 0...good.count, using: &generator)))
            for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<min(bytes.count, 200), using: &generator)] = .random(
                    in: 0...255,
                    using: &generator
                )
            }
            _ = ZoneRules(tzif: bytes)?.secondsAhead(
                at: Int.random(in: -8_640_000_000_000...8_640_000_000_000, using: &generator)
            )
        }
    }
}
