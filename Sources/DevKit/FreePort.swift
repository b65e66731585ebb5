import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A TCP port of the loopback interface that nobody listens on.
package enum FreePort {
    /// Below those that the kernel gives to outgoing connections: a server that is stopped for a while finds its port free again.
    private static let range = 20_000..<32_000
    private static let given = Mutex<Set<Int>>([])

    /// One that was free a moment ago, and is given once: also to other processes that ask here, as long as this one lives. A server that is
    /// stopped for a while finds its port again, and nobody takes another's server for it. A program of somebody else's may take it before we do.
    package static func take() -> Int {
        for _ in 0..<1000 {
            let port = Int.random(in: range)
            let isNew = given.withLock { $0.insert(port).inserted }
            if isNew, reserve(port), let bound = take(port) { return bound }
        }
        // Nearly all are taken: the kernel knows better.
        return take(0) ?? 0
    }

    /// Whether nobody listens on a port at this moment.
    package static func isFree(_ port: Int) -> Bool { take(port) != nil }

    #if os(Linux)
        /// Holds a name of the kernel's that stands for the port (unix(7), abstract sockets): it is given back when the process ends, however it ends.
        private static func reserve(_ port: Int) -> Bool {
            let descriptor = socketDescriptor(AF_UNIX, .datagram)
            guard descriptor >= 0 else { return false }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let name = "\0loops-bridge-port-\(port)"
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name.utf8) }
            let length = socklen_t(MemoryLayout<sa_family_t>.size + name.utf8.count)
            let isOurs = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
            }
            if !isOurs { close(descriptor) }
            return isOurs
        }
    #else
        /// Holds the lock of a file that stands for the port: it is given back when the process ends, however it ends.
        private static func reserve(_ port: Int) -> Bool {
            let descriptor = open("/tmp/loops-bridge-port-\(port)", O_CREAT | O_RDWR | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { return false }
            let isOurs = flock(descriptor, LOCK_EX | LOCK_NB) == 0
            if !isOurs { close(descriptor) }
            return isOurs
        }
    #endif

    /// - Returns: the port, nil when it is not free.
    private static func take(_ port: Int) -> Int? {
        let descriptor = socketDescriptor(AF_INET, .stream)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
            }
        }
        return isBound ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }

    private enum SocketKind { case stream, datagram }

    /// Not inherited: a program that is started this very moment would hold the port.
    private static func socketDescriptor(_ family: Int32, _ kind: SocketKind) -> Int32 {
        #if canImport(Glibc)
            let type = kind == .stream ? SOCK_STREAM : SOCK_DGRAM
            return socket(family, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
        #elseif canImport(Musl)
            return socket(family, (kind == .stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0)
        #else
            // In two steps: this system knows no other way.
            let descriptor = socket(family, kind == .stream ? SOCK_STREAM : SOCK_DGRAM, 0)
            if descriptor >= 0 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
            return descriptor
        #endif
    }
}
