import Synchronization

/// Which outages were told of: several clients of one server meet the same one, and one warning is enough.
final class OutageReports: Sendable {
    /// Of this process.
    static let shared = OutageReports()

    /// Addresses that are remembered.
    private static let maxAddresses = 100

    /// The reason that was told last, by address.
    private let told = Mutex<[String: String]>([:])

    /// - Returns: whether nobody has told this of this address since it was last connected to.
    func isNew(_ reason: String, of address: String) -> Bool {
        told.withLock { told in
            if told[address] == reason { return false }
            // A program knows few servers; whoever knows many is told again.
            if told.count >= Self.maxAddresses { told = [:] }
            told[address] = reason
            return true
        }
    }

    func ended(_ address: String) { told.withLock { $0[address] = nil } }
}
