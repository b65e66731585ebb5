import Crypto
package import RedisStreams

/// The group's consumers are partitions, not processes: `p00`, `p01`, …
package enum PartitionName {
    /// The consumer that reads new entries inside the route script; nothing ever stays with it.
    package static let router = "router"
    /// The most partitions a group may have.
    package static let max = 1000

    package static func of(_ partition: Int) -> String { partition < 10 ? "p0\(partition)" : "p\(partition)" }
}

/// Which partition a contact belongs to: the first 32 bits of the SHA-1 of its key, modulo their number. Every replica has to find the same one.
package enum PartitionRule {
    /// - Parameters:
    ///   - key: the contact key; nil for an entry that has none: its own ID stands for it.
    package static func partition(of key: String?, id: StreamID, partitions: Int) -> Int {
        var text = key ?? id.description
        // Nothing here is kept safe by it: a hash that is spread evenly and is the same everywhere.
        let digest = text.withUTF8 { Insecure.SHA1.hash(data: UnsafeRawBufferPointer($0)) }
        let number = digest.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Int(number % UInt32(partitions))
    }
}
