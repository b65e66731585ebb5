import DevKit
import NIOCore
import Support
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("Connections of the admin port, as values")
struct ConnectionLimitTests {
    @Test("The one that has been idle longest goes for a new one, and a busy one only when all are")
    func slots() {
        var slots = ConnectionSlots<Int>(limit: 3)
        #expect([1, 2, 3].map { slots.open($0) } == [nil, nil, nil])
        slots.set(1, isBusy: true)
        #expect(slots.open(4) == 2 && slots.count == 3)
        slots.set(1, isBusy: false)
        // It was idle for a shorter time than 3 and 4 are.
        #expect(slots.open(5) == 3 && slots.open(6) == 4 && slots.open(7) == 1)
        for id in [5, 6, 7] { slots.set(id, isBusy: true) }
        #expect(slots.open(8) == 5)
        #expect(slots.open(9) == 8, "the newest is idle")
        slots.close(6)
        #expect(slots.open(10) == nil && slots.count == 3)
    }

    @Test("One that was told to go is no connection any more, whatever it still does")
    func gone() {
        var slots = ConnectionSlots<Int>(limit: 1)
        _ = slots.open(1)
        #expect(slots.open(2) == 1)
        slots.set(1, isBusy: true)
        slots.close(1)
        #expect(slots.count == 1 && slots.open(3) == 2)
    }

    @Test("Random: never more than the limit, and what goes is open and no busier than what stays", arguments: 0..<20)
    func random(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let limit = Int.random(in: 1...6, using: &generator)
        var slots = ConnectionSlots<Int>(limit: limit)
        var busy: [Int: Bool] = [:]
        for number in 0..<400 {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0, 1:
                let gone = slots.open(number)
                #expect((gone != nil) == (busy.count == limit))
                if let gone {
                    #expect(busy[gone] != nil && (busy[gone] == false || busy.values.allSatisfy { $0 }))
                    busy[gone] = nil
                }
                busy[number] = false
            case 2:
                guard let id = busy.keys.sorted().randomElement(using: &generator) else { continue }
                let isBusy = Bool.random(using: &generator)
                slots.set(id, isBusy: isBusy)
                busy[id] = isBusy
            default:
                guard let id = busy.keys.sorted().randomElement(using: &generator) else { continue }
                slots.close(id)
                busy[id] = nil
            }
            #expect(slots.count == busy.count && slots.count <= limit)
        }
    }

    private static func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(1) + .seconds(seconds) }

    @Test("A request has ten seconds to come; after an answer the next has longer; an answer has all the time it needs")
    func clock() {
        var clock = ConnectionClock(now: Self.at(0))
        #expect(clock.end?.at == Self.at(10) && clock.end?.cause == .request)
        clock.readHead(now: Self.at(9))
        #expect(clock.end?.at == Self.at(19) && clock.end?.cause == .request && clock.isBusy)
        clock.readEnd()
        #expect(clock.end == nil && clock.isBusy)
        clock.answered(now: Self.at(50))
        #expect(clock.end?.at == Self.at(125) && clock.end?.cause == .idle && !clock.isBusy)
        // The second of two requests that came at once.
        clock.readHead(now: Self.at(60))
        clock.readEnd()
        clock.readHead(now: Self.at(61))
        clock.answered(now: Self.at(62))
        #expect(clock.end?.at == Self.at(71) && clock.isBusy)
    }

    @Test("Whoever does not take an answer is given up; an answer that nobody asked for counts as none")
    func stalled() {
        var clock = ConnectionClock(now: Self.at(0))
        clock.answered(now: Self.at(1))
        #expect(!clock.isBusy && clock.end?.cause == .idle)
        clock.readHead(now: Self.at(2))
        clock.readEnd()
        clock.setWritable(false, now: Self.at(3))
        clock.setWritable(false, now: Self.at(20))
        #expect(clock.end?.at == Self.at(33) && clock.end?.cause == .stall)
        clock.setWritable(true, now: Self.at(21))
        #expect(clock.end == nil)
    }

    @Test("A body has a length, counted anew for each request")
    func body() {
        var clock = ConnectionClock(limits: .init(bodyBytes: 10), now: Self.at(0))
        clock.readHead(now: Self.at(0))
        #expect(clock.readBody(10) && !clock.readBody(1))
        clock.readHead(now: Self.at(0))
        let fits = clock.readBody(10)
        #expect(fits)
    }

    @Test("Few open files leave room for deliveries; many do not make the port larger")
    func files() {
        #expect(OpenFiles.adminConnections(files: nil, requests: 16, streams: 1) == AdminConnections.most)
        #expect(OpenFiles.adminConnections(files: 1024, requests: 16, streams: 1) == AdminConnections.most)
        #expect(OpenFiles.adminConnections(files: 200, requests: 16, streams: 1) == 80)
        #expect(OpenFiles.adminConnections(files: 1024, requests: 1000, streams: 4) == 8)
        #expect((OpenFiles.raiseLimit() ?? 0) > 0)
    }
}
