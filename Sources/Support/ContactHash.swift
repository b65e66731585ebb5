import Crypto

/// A contact as logs and dashboards show it: enough to tell two apart, too little to read.
package enum ContactHash {
    /// The first 10 hexadecimal digits of the contact key's SHA-256.
    package static func of(_ contact: String) -> String {
        SHA256.hash(data: Array(contact.utf8)).prefix(5).hexadecimal
    }
}
