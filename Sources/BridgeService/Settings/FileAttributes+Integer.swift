#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

extension [FileAttributeKey: Any] {
    /// A number among the attributes of a file. Foundation has an `NSNumber` there, and FoundationEssentials whatever the system has, mostly unsigned.
    package func integer(_ key: FileAttributeKey) -> Int? {
        let value = self[key]
        return (value as? Int) ?? (value as? any BinaryInteger).flatMap { Int(exactly: $0) }
    }
}
