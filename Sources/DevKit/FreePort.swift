import Glibc
import Synchronization

/// A TCP port of the loopback interface that nobody listens on.
public enum FreePort {
    /// Below those that the kernel gives to outgoing connections: a server that is stopped for a while finds its port free again.
    private static let range = 20_000..<32_000
    private static let given = Mutex<Set<Int>>([])

    /// One that was free a moment ago, and is given once: also to other processes that ask here, as long as this one lives. A server that is
    /// stopped for a while finds its port again, and nobody takes another's server for it. A program of somebody else's may take it before we do.
    public static func take() -> Int {
        for _ in 0..<1000 {
            let port = Int.random(in: range)
            let isNew = given.withLock { $0.insert(port).inserted }
            if isNew, reserve(port), let bound = bind(to: port) { return bound }
        }
        // Nearly all are taken: the kernel knows better.
        return bind(to: 0) ?? 0
    }

    /// Whether nobody listens on a port at this moment.
    public static func isFree(_ port: Int) -> Bool { bind(to: port) != nil }

    /// Holds a name of the kernel's that stands for the port (unix(7), abstract sockets): it is given back when the process ends, however it ends.
    private static func reserve(_ port: Int) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = "\0loops-bridge-port-\(port)"
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name.utf8) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.utf8.count)
        let isOurs = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(descriptor, $0, length) == 0 }
        }
        if !isOurs { close(descriptor) }
        return isOurs
    }

    /// - Returns: the port, nil when it is not free.
    private static func bind(to port: Int) -> Int? {
        // Not inherited: a program that is started this very moment would hold the port.
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                Glibc.bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
            }
        }
        return isBound ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }
}
