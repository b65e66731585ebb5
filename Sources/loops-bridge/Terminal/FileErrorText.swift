#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Why the file system refused something, in its own words.
enum FileErrorText {
    static func of(_ error: any Error) -> String {
        let cause = (error as? CocoaError)?.userInfo["NSUnderlyingError"] as? POSIXError
        return cause.map { String(cString: strerror($0.code.rawValue)) } ?? "\(error)"
    }
}
