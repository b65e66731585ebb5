/// Why a command has no good answer, and whether it may have been applied all the same.
package struct RedisError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Reason: Sendable, Equatable, CustomStringConvertible {
        /// Redis answered with an error.
        case server(RedisServerError)
        /// The connection broke while the command waited for its reply, or before it was written.
        case connectionLost(String)
        /// No connection could be had within the command's time.
        case notConnected(String)
        /// The reply did not come within the command's time.
        case timedOut
        /// The task that waited was cancelled.
        case cancelled
        /// The reply is not of the form that the command has. With the name of a script, where it was one.
        case unexpectedReply(String)
        /// What came is not the Redis protocol.
        case protocolFault(String)
        /// The reply is larger than ``RedisConfiguration/maxReplyBytes``. The connection was replaced.
        case replyTooLarge(LargeReply)
        /// More commands wait, or more bytes of them, than the configuration allows.
        case overloaded
        /// The command has more arguments than can be counted, or memory has run out.
        case unwritable
        /// The client's `run()` has ended.
        case closed
    }

    package let reason: Reason
    /// The command's name, never its arguments: they may hold secrets or personal data.
    package let command: String
    /// Whether Redis may have carried out the command. False is certain.
    package let mayHaveBeenApplied: Bool

    package init(_ reason: Reason, command: String, mayHaveBeenApplied: Bool) {
        self.reason = reason
        self.command = command
        self.mayHaveBeenApplied = mayHaveBeenApplied
    }

    /// A reply that is not of the form that the command has. What was asked for may be done all the same.
    package static func unexpectedReply(to command: String) -> RedisError {
        RedisError(.unexpectedReply(""), command: command, mayHaveBeenApplied: true)
    }

    /// As ``unexpectedReply(to:)``, of a script.
    package static func unexpectedReply(toScript name: String) -> RedisError {
        RedisError(.unexpectedReply(name), command: "EVALSHA", mayHaveBeenApplied: true)
    }

    /// Whether the same command may succeed later. Whether it may be sent again is another question: ``mayHaveBeenApplied``.
    package var isRetryable: Bool {
        switch reason {
        case .connectionLost, .notConnected, .timedOut, .overloaded, .unwritable, .protocolFault: true
        // The same question has the same answer.
        case .replyTooLarge: false
        case .server(let error): Self.transientCodes.contains(error.code)
        case .cancelled, .unexpectedReply, .closed: false
        }
    }

    /// Whether the reply was larger than it may be: the call was served, and asked for too much.
    package var isReplyTooLarge: Bool { if case .replyTooLarge = reason { true } else { false } }

    /// What a server says while it starts, fails over, or is too busy.
    private static let transientCodes: Set<String> = [
        "ASK", "MOVED", "LOADING", "BUSY", "TRYAGAIN", "CLUSTERDOWN", "MASTERDOWN", "READONLY", "MISCONF", "NOREPLICAS",
        "OOM",
    ]

    package var description: String { "\(command): \(reason)\(mayHaveBeenApplied ? "; it may have been applied" : "")" }
}

extension RedisError.Reason {
    package var description: String {
        switch self {
        case .server(let error): "Redis answered \(error)"
        case .connectionLost(let why): "the connection to Redis was lost (\(why))"
        case .notConnected(let why): "no connection to Redis (\(why))"
        case .timedOut: "no reply in time"
        case .cancelled: "cancelled"
        case .unexpectedReply(""): "a reply of an unknown form"
        case .unexpectedReply(let script): "a reply of an unknown form (\(script))"
        case .protocolFault(let why): "not the Redis protocol (\(why)); is the address right?"
        case .replyTooLarge(let reply): "a reply of more than \(reply.limit) bytes"
        case .overloaded: "too many commands wait"
        case .unwritable: "the command cannot be written: it has too many arguments, or memory has run out"
        case .closed: "the client is closed"
        }
    }
}
