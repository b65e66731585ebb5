/// Where Redis is, who we are there, and how patient to be.
package struct RedisConfiguration: Sendable, Equatable {
    package enum Address: Sendable, Equatable {
        case host(String, port: Int)
        case unix(path: String)
        /// The server that takes writes for this name, according to these sentinels.
        case sentinel([RedisEndpoint], service: String)
        /// The server of a cluster that holds the slot of ``RedisConfiguration/slotKey``; these nodes are asked first.
        case cluster([RedisEndpoint])
    }

    /// Transport security. Certificates are always verified.
    package struct TLS: Sendable, Equatable {
        /// PEM file of the authorities to trust; the system's when nil.
        package var caFile: String?
        /// PEM files of a client certificate and its key, for servers that ask for one.
        package var certificateFile: String?
        package var keyFile: String?
        /// The name that certificates have to be for, of every server; the host that is connected to when nil.
        package var serverName: String?
        /// PEM file in place of the system's authorities: `SSL_CERT_FILE`.
        package var systemFile: String?

        package init(
            caFile: String? = nil,
            certificateFile: String? = nil,
            keyFile: String? = nil,
            serverName: String? = nil,
            systemFile: String? = nil
        ) {
            self.caFile = caFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.serverName = serverName
            self.systemFile = systemFile
        }

        /// What a server name has to look like.
        package static let serverNameForm = "a host name (no address, no port)"

        /// Whether a certificate could be for this name, as ``serverName`` has it.
        package static func isServerName(_ text: String) -> Bool {
            let isName = text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
            // Digits and dots alone are an IPv4 address.
            return isName && (1...253).contains(text.utf8.count) && text.contains(where: \.isLetter)
        }
    }

    package var address: Address
    package var user: String?
    package var password: String?
    package var database = 0
    package var tls: TLS?
    /// The credentials of the sentinels.
    package var sentinelUser: String?
    package var sentinelPassword: String?
    /// The key whose slot a client of a cluster serves. It serves no other slot: everything of a stream lives in one.
    package var slotKey: String?
    /// Shown in `CLIENT LIST`.
    package var clientName = "loops-bridge"
    /// The time that making a connection, with its greeting, may take.
    package var connectTimeout = Duration.seconds(5)
    /// The time a command has when it says nothing else.
    package var commandTimeout = Duration.seconds(5)
    /// How often a silent connection is asked whether it is still there. A peer that is dead is noticed after at most two intervals, the
    /// command timeout and the grace.
    package var keepAliveInterval = Duration.seconds(15)
    /// How long a reply may be overdue before its connection counts as dead.
    package var overdueGrace = Duration.seconds(2)
    /// The most that the first new attempt to connect waits, and any.
    package var backoffBase = Duration.milliseconds(100)
    package var backoffCap = Duration.seconds(5)
    /// Commands that may wait, written or not; more fail at once.
    package var maxWaiting = 10_000
    /// Bytes of commands that may wait, written or not; more fail at once. A single greater one may go when nothing else waits.
    package var maxWaitingBytes = 256 << 20

    /// The most bytes that the replies to one command or pipeline may have; more costs the connection.
    package var maxReplyBytes = 256 << 20

    package init(address: Address) {
        self.address = address
    }

    /// The default port on this machine.
    package static let local = RedisConfiguration(address: .host("127.0.0.1", port: 6379))
}

extension RedisConfiguration: CustomStringConvertible {
    /// Without user and password.
    package var description: String {
        switch address {
        case .host(let host, let port):
            "\(tls == nil ? "redis" : "rediss")://\(RedisEndpoint(host: host, port: port))/\(database)"
        case .unix(let path): "unix://\(path)?db=\(database)"
        case .sentinel(let sentinels, let service):
            "redis\(tls == nil ? "" : "s")+sentinel://\(Self.list(sentinels))/\(service)/\(database)"
        case .cluster(let seeds): "redis\(tls == nil ? "" : "s")+cluster://\(Self.list(seeds))"
        }
    }

    private static func list(_ endpoints: [RedisEndpoint]) -> String {
        endpoints.map(\.description).joined(separator: ",")
    }

    /// Whether there is somebody to ask which server takes writes: sentinels, or the primaries of a cluster.
    package var hasVoters: Bool {
        switch address {
        case .host, .unix: false
        case .sentinel, .cluster: true
        }
    }

    /// Whether keys have to live in one slot.
    package var isCluster: Bool { if case .cluster = address { true } else { false } }
}
