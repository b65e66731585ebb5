import Bridge
import Operations
import RedisStreams
import StreamGroups

/// What a replay would do with letters, for commands that only tell of them: a hint must not promise what `dead replay` would not do.
enum Replayability {
    /// Letters that a replay leaves alone, and why.
    /// - Throws: `RedisError`; `RedisServerError` where Redis refuses one of several commands that were sent together.
    static func obstacles(_ letters: [DeadLetter], _ views: [GroupInspector], scan: Int) async throws -> [StreamID:
        String]
    {
        if letters.isEmpty { return [:] }
        let boxes = DeadLetterQueue.boxes(of: views)
        var replayer = DeadLetterReplayer(boxes: boxes, scan: scan)
        for letter in letters {
            guard let box = boxes.firstIndex(where: { $0.takes(letter) }) else { continue }
            replayer.add(letter, box: box)
        }
        try await replayer.prepare()
        return Dictionary(replayer.items.compactMap { item in item.obstacle.map { (item.id, $0) } }) { first, _ in first
        }
    }

    /// What is said of a letter's replay.
    /// - Parameter obstacle: why it is left alone; nil when it is not.
    static func words(_ letter: DeadLetter, obstacle: String?) -> String {
        let command = "'loops-bridge dead replay --id \(letter.id)"
        guard let obstacle else { return "\(command)' puts it back" }
        // What lacks fields, or a stream, no option puts back.
        if letter.obstacle != nil { return obstacle }
        return "a replay leaves it alone: \(obstacle). \(command) --even-if-overtaken' puts it back all the same"
    }
}

extension EventSearchResult {
    /// The letters among the hits.
    var deadLetters: [DeadLetter] {
        hits.compactMap { hit in if case .deadLettered(let letter) = hit.state { letter } else { nil } }
    }
}
