/// Why the server to connect to could not be found. All of them are worth another attempt.
enum TopologyError: Error, Equatable, CustomStringConvertible {
    case noSentinel(service: String, reasons: [String])
    case unknownService(String)
    case notPrimary(RedisEndpoint, role: String)
    case noNode(reasons: [String])
    case slotUnserved(HashSlot)
    /// The address is that of a sentinel, and is not of the form that says so.
    case sentinelAddress(advice: String)

    var description: String {
        switch self {
        case .noSentinel(let service, let reasons):
            "no sentinel says where \(service) is (\(reasons.joined(separator: "; ")))"
        case .unknownService(let service):
            "the sentinels do not know \(service); is the name in the address right?"
        case .notPrimary(let endpoint, let role):
            "\(endpoint) is said to take writes and calls itself \(role); a failover is under way"
        case .noNode(let reasons): "no node of the cluster answers (\(reasons.joined(separator: "; ")))"
        case .sentinelAddress(let advice): advice
        case .slotUnserved(let slot): "no node of the cluster serves slot \(slot.number)"
        }
    }
}
