package import Loops
package import RedisStreams
import Segment
package import StreamGroups

/// Everything that a bridge is told. `docs/` and the settings of the program name the same things.
package struct BridgeConfiguration: Sendable {
    /// A stream and its weight against the others.
    package struct Stream: Sendable, Equatable {
        package var name: String
        package var weight: Int

        package init(name: String, weight: Int = 1) {
            self.name = name
            self.weight = weight
        }
    }

    package var redis: RedisConfiguration
    package var loops: LoopsConfiguration
    /// The most requests a second of all replicas together, whatever Loops says of its limit. nil for what Loops says, and ten until it has
    /// said it; 0 for no limit at all.
    package var rateLimit: Double?
    /// Which waiting identifies of one contact become one update.
    package var coalescing = Coalescing.lossless
    package var streams: [Stream] = [Stream(name: "segment:events")]
    package var group = "loops-bridge"
    /// Names this process to others.
    package var instance: String
    /// Where people find this replica's page, for the pages of the others; nil for nowhere.
    package var publicAddress: PublicAddress?
    /// Consumers of the group. Fixed when the group is made.
    package var partitions = 64
    /// Entries that may be pending in the group before routing stops; the rest waits as lag. Ten times as many while a few hot contacts
    /// fill it.
    package var maxPending = 10_000
    /// How long a replica's partitions stay its own without a renewal, and how often it renews.
    package var lease = Duration.seconds(15)
    package var heartbeat = Duration.seconds(2)
    /// What to do while no majority of the sentinels, or of the cluster's primaries, can be asked.
    package var quorum = QuorumPolicy.required
    /// The deaths of processes after which an entry that each of them had in hand is dead-lettered.
    package var maxCrashes = 5
    /// How long entries that every group has finished stay in the stream; nil for ever.
    package var trimFinishedAfter: Duration?
    /// `0` or `$`: where a new group begins.
    package var groupStart = "0"
    /// nil for `{stream}:dead`.
    package var deadLetterStream: String?
    /// Letters beyond this are trimmed, the oldest first; roughly.
    package var deadLetterMaxLength = 100_000
    package var retry = RetryPolicy()
    /// How long after its sending Loops may still apply a request that was given up without an answer: until then the contact's next request
    /// waits, unless it is the same one. Zero for not waiting.
    package var lateEffect = Duration.seconds(30)
    /// Whether Loops is asked for the key before the first event is sent, so that a release with a wrong one is not ready. Loops being down
    /// says nothing against the key.
    package var triesKeyAtStart = true
    /// Whether Loops is asked what contact properties and mailing lists the team has, so that what the mappings name beyond that is told.
    package var checksAccount = true
    /// The time a stop gives to requests under way and to acknowledgements.
    package var shutdownGrace = Duration.seconds(25)
    /// What is held in memory.
    package var limits = BufferLimits()
    /// The dot paths of the contact key, first present wins.
    package var contactPaths = ContactKeyRule.defaultPaths
    /// The name under which events' `integrations` switch this destination on and off.
    package var integrationName = IntegrationRule.defaultName
    /// Whether events' trace contexts (`traceparent`) go into logs and requests.
    package var propagatesTraceContext = true
    /// Entries with more bytes are counted and warned of, since Segment would not take them; 0 for never.
    package var eventSizeWarningBytes = EntryDecoder.segmentEventBytesMax

    /// Whether a stream is paused when changed mappings turn its events into dead letters.
    package var brakes = true
    /// How long the stream of receipts may get, roughly; 0 for no receipts.
    package var receiptsMax = 0
    /// Completed entries that the journal keeps; 0 for no journal.
    package var journalEntries = 2000

    package init(redis: RedisConfiguration, loops: LoopsConfiguration, instance: String) {
        self.redis = redis
        self.loops = loops
        self.instance = instance
    }

    /// What the leases' promise rests on.
    package var leaseTiming: LeaseTiming {
        LeaseTiming(lease: lease, heartbeat: heartbeat, requestTimeout: loops.requestTimeout)
    }

    /// The rule for the contact key as the scripts take it and as it is kept beside the group: a dot path a line.
    package var keyRule: String { contactPaths.joined(separator: "\n") }

    /// What contact queues go by.
    var laneRules: QueueRules {
        QueueRules(weights: streams.map(\.weight), coalescing: coalescing)
    }

    /// How to reach the server that holds this key.
    package func redis(for key: String) -> RedisConfiguration {
        var redis = redis
        redis.slotKey = key
        return redis
    }

    /// What keeps a stream's keys from living together in a cluster, for a person; nil when nothing does, or there is no cluster.
    package var clusterFault: String? {
        guard redis.isCluster else { return nil }
        for stream in streams {
            let keys = keys(of: stream)
            let slot = HashSlot(keys.stream)
            if HashSlot(keys.state) != slot {
                return """
                    bridge.streams: on a cluster, the stream \(stream.name) and its state cannot share a slot, since its name has braces that \
                    are no hash tag. Use another name.
                    """
            }
            if HashSlot(keys.deadLetters) != slot {
                return """
                    bridge.deadLetterStream: on a cluster, \(keys.deadLetters) has to share the slot of \(stream.name). Leave it unset, or give \
                    both names the same hash tag.
                    """
            }
        }
        return nil
    }

    /// What makes two streams share a key in Redis, for a person; nil when nothing does.
    ///
    /// `a` and `{a}` are two streams with one hash tag: what one of them has routed, the other would take for its own.
    package var keyConflict: String? {
        let all = streams.map { keys(of: $0) }
        for (index, one) in all.enumerated() {
            for other in all[(index + 1)...] where one.state == other.state {
                return """
                    bridge.streams: \(one.stream) and \(other.stream) would share their state in Redis (\(one.state)), since the one is the \
                    other's hash tag. Rename one of them.
                    """
            }
            // The stream for dead letters that is set has a message of its own.
            for other in all where one.isKey(of: other) && one.stream != deadLetterStream {
                return """
                    bridge.streams: \(one.stream) is a key that the bridge itself writes for the stream \(other.stream). Use another name.
                    """
            }
        }
        return nil
    }

    package func keys(of stream: Stream) -> GroupKeys {
        GroupKeys(stream: stream.name, group: group, deadLetters: deadLetterStream)
    }
}

/// The limits on what waits in memory; Redis is the buffer.
package struct BufferLimits: Sendable, Equatable {
    /// Entries that may wait in memory, over all partitions of a stream.
    package var buffered = 8192
    /// Entries of one partition that may wait in memory whatever the others hold. What waits here can be merged; what waits in Redis cannot.
    package var maxPerPartition = 256
    /// Entries of one partition that may wait in memory while at least as many more have room.
    package var perPartitionWhileRoom = 4096
    /// Bytes that may wait in memory; one read may go over it.
    package var bytes = 16 * 1024 * 1024
    /// Entries one call may take. More would cost Redis a little less for each, and would make everybody else who uses it wait longer for one call.
    package var callEntries = 64
    /// Bytes that one call should handle at the most: a script reads them all into Redis' memory.
    package var callBytes = 256 * 1024
    /// Partitions that one pull call may read.
    package var callPartitions = 64
    /// Bytes that the answer to one read may have. It is twice in memory for a moment, so this bounds what a stream full of large entries costs.
    package var replyBytes = 4 << 20

    package init() {}
}
