import Bridge
import Destination
import DevKit
import JSON
import Support
import Testing

/// Whatever stands in a mappings file, it is loaded or refused with reasons; it never stops the program.
@Suite struct MappingsFileFuzzTests {
    private static let seedText = """
        mappings:
          - name: People
            action: createOrUpdateContact
            trigger: type = "identify" and (traits.plan != 'free' or match(event, "a*"))
            mapping:
              userGroup: {"@if": {exists: {"@path": $.a}, then: {"@template": "{{a}}"}, else: x}}
              source: {"@replace": {pattern: a, replacement: b, value: {"@path": $.b}}}
            options: {nested: flatten, allow: [plan]}
        """
    private static let json =
        #"[{"partnerAction":"sendEvent","subscribe":"type = \"track\"","mapping":{"userId":{"@path":"$.userId"},"eventName":"E"}}]"#

    @Test(arguments: 0..<8)
    func brokenFiles(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for round in 0..<150 {
            var bytes = Array((round.isMultiple(of: 2) ? Self.seedText : Self.json).utf8)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.insert(Array("{}[]\"'@:,-&*#\n \\".utf8).randomElement(using: &generator) ?? 0, at: place)
                case 2: bytes.remove(at: place)
                default:
                    let end = min(bytes.count, place + Int.random(in: 1...20, using: &generator))
                    bytes.insert(
                        contentsOf: Array(bytes[place..<end]),
                        at: Int.random(in: 0..<bytes.count, using: &generator)
                    )
                }
            }
            do throws(MappingsFileFaults) {
                let destination = try Destination(file: "m", bytes: bytes)
                #expect(destination.results(for: ["type": "track", "userId": "u"]).count <= destination.mappings.count)
            } catch {
                #expect(!error.faults.isEmpty)
                #expect(error.faults.allSatisfy { $0.line >= 1 && !$0.reason.isEmpty })
            }
        }
    }
}
