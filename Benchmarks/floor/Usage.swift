#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What this process has used.
enum Usage {
    /// CPU, user and system.
    static var microseconds: Int {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + $1.tv_sec * 1_000_000 + $1.tv_usec }
    }

    /// From /proc: `ru_maxrss` also knows what the parent had before it started this program.
    static var peakKilobytes: Int? {
        guard let file = fopen("/proc/self/status", "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 14)
        let length = fread(&bytes, 1, bytes.count, file)
        let line = bytes[..<length].split(separator: 0x0A).first { $0.starts(with: Array("VmHWM:".utf8)) }
        return line.flatMap { Int(String(decoding: $0.filter { (0x30...0x39).contains($0) }, as: UTF8.self)) }
    }
}
