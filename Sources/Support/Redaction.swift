import Crypto

/// Takes out of a text what may say who somebody is. Loops' messages may repeat what the event held.
package enum Redaction {
    /// The text with the contact's key and everything that looks like an address left out.
    package static func masking(_ text: String, contact: String?) -> String {
        var text = text
        // A key of one or two characters is a part of too many words, and says nothing.
        if let contact, contact.count > 2 { text = text.replacing(contact, with: "…") }
        return text.split(separator: " ", omittingEmptySubsequences: false)
            .map { word in isAddress(word) ? "…@…" : String(word) }
            .joined(separator: " ")
    }

    /// A contact as logs, tables and dashboards show it: enough to tell two apart, too little to read. The first 10 hexadecimal digits of the
    /// contact key's SHA-256.
    package static func hash(_ contact: String) -> String {
        SHA256.hash(data: Array(contact.utf8)).prefix(5).hexadecimal
    }

    private static func isAddress(_ word: Substring) -> Bool {
        guard let at = word.firstIndex(of: "@") else { return false }
        return at > word.startIndex && word.index(after: at) < word.endIndex
    }
}
