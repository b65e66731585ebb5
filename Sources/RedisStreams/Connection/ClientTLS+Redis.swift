import NIOCore
import NIOSupport

extension ClientTLS {
    /// Reads the files: every connection sees those that are there when it is made.
    init(_ tls: RedisConfiguration.TLS) throws(TLSFileError) {
        try self.init(
            trusting: TrustedAuthorities(systemFile: tls.systemFile, file: tls.caFile, trustsOnlyFile: true),
            certificateFile: tls.certificateFile,
            keyFile: tls.keyFile
        )
    }

    func addHandlers(to pipeline: ChannelPipeline.SynchronousOperations, for configuration: RedisConfiguration) throws {
        guard case .host(let host, let port) = configuration.address else { return }
        let peer = TLSPeer(
            name: "\(RedisEndpoint(host: host, port: port))",
            authoritySetting: "caFile in redis.url (rediss://…?caFile=/path/ca.pem)",
            nameAdvice: "Set redis.serverName to a name that it is for"
        )
        try addHandlers(to: pipeline, verifying: configuration.tls?.serverName ?? host, peer: peer)
    }
}
