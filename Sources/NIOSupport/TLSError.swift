/// Why a TLS handshake failed, and what to do about it.
package struct TLSError: Error, Equatable {
    package enum Reason: Sendable, Equatable {
        /// The certificate's authority is not trusted.
        case unknownAuthority
        /// Days as `2026-11-28`.
        case expired(on: String)
        case notYetValid(until: String)
        /// The certificate is for these names.
        case otherName(wanted: String, has: [String])
        /// Everything else, in words.
        case other(String)
    }

    package let peer: TLSPeer
    package let reason: Reason

    package init(peer: TLSPeer, reason: Reason) {
        self.peer = peer
        self.reason = reason
    }
}

extension TLSError: ExplainedError {
    package var problem: String {
        let certificate = "TLS: the certificate of \(peer.name)"
        switch reason {
        case .unknownAuthority: return "\(certificate) is not trusted: the authority that signed it is unknown here"
        case .expired(let day): return "\(certificate) has expired on \(day)"
        case .notYetValid(let day): return "\(certificate) is not valid before \(day)"
        case .otherName(let wanted, let names):
            return
                "\(certificate) is for \(names.isEmpty ? "no name" : names.joined(separator: ", ")), not for \(wanted)"
        case .other(let words): return "TLS with \(peer.name): \(words)"
        }
    }

    package var advice: String? {
        switch reason {
        case .unknownAuthority: "Set \(peer.authoritySetting) to a PEM file of that authority"
        case .expired: "Renew the certificate there"
        case .notYetValid: "Check the clock here and there"
        case .otherName: peer.nameAdvice
        case .other: nil
        }
    }
}

/// Whom a TLS connection leads to, for error messages.
package struct TLSPeer: Sendable, Equatable {
    /// As people know it: `app.loops.so:443`.
    package let name: String
    /// What adds an authority: `loops.caFile`.
    package let authoritySetting: String
    /// What to do when the certificate is for another name.
    package let nameAdvice: String

    package init(name: String, authoritySetting: String, nameAdvice: String) {
        self.name = name
        self.authoritySetting = authoritySetting
        self.nameAdvice = nameAdvice
    }
}
