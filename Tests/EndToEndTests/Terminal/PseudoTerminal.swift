import DevKit
import Foundation
import Synchronization

/// A terminal of our own with a program in its foreground, so that Ctrl-C is what it is for people: a signal to every process there.
final class PseudoTerminal: Sendable {
    /// The session's ID, which all its processes share, whatever their groups are.
    let session: Int32
    private let master: Int32
    private struct State {
        var text = ""
        var awaited: [(text: String, found: OneTime<Bool>)] = []
        var isOver = false
    }
    private let state = Mutex(State())

    var text: String { state.withLock { $0.text } }

    private init(session: Int32, master: Int32) {
        self.session = session
        self.master = master
    }

    struct Fault: Error {}

    /// Opens a terminal and closes it when the program has ended.
    /// - Returns: the program's exit status, as a shell tells it, and everything that was on the screen.
    static func run(
        _ arguments: [String],
        program: String = Program.path,
        columns: Int,
        rows: Int = 24,
        environment: [String: String] = [:],
        body: @Sendable @escaping (PseudoTerminal) async throws -> Void
    ) async throws -> (status: String, text: String) {
        let (master, path) = try open()
        // Held until the end: without anybody at its other side, reading would fail at once.
        let slave = Foundation.open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        guard slave >= 0, ioctl(master, UInt(TIOCSWINSZ), &size) == 0 else { throw Fault() }
        // The leader of a new session that opens a terminal gets it as its own.
        let script = """
            setsid --wait sh -c 'echo "session $$"; exec "$@" 0<>"$TTY" 1>&0 2>&0' sh "$@"
            echo "status $?"
            """
        return try await ChildProcess.run(
            "/bin/sh",
            arguments: ["-c", script, "sh", program] + arguments,
            environment: ["TTY": path, "NO_COLOR": "1"].merging(environment) { $1 }
        ) { child in
            let line = await child.line { $0.hasPrefix("session ") } ?? ""
            guard let session = Int32(line.dropFirst(8)) else { throw Fault() }
            let terminal = PseudoTerminal(session: session, master: master)
            let reading = Task.detached { await terminal.read() }
            try await body(terminal)
            await child.exited()
            close(slave)
            await reading.value
            close(master)
            let status = child.output.last { $0.hasPrefix("status ") }?.dropFirst(7) ?? ""
            return (String(status), terminal.text)
        }
    }

    /// As posix_openpt, unlockpt and ptsname would do it: Foundation has none of them on Linux.
    private static func open() throws -> (master: Int32, path: String) {
        let master = Foundation.open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        // TIOCSPTLCK and TIOCGPTN are macros with arguments, which Swift does not see.
        let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
        var isLocked: Int32 = 0
        var number: UInt32 = 0
        guard master >= 0, ioctl(master, setLock, &isLocked) == 0, ioctl(master, getNumber, &number) == 0 else {
            throw Fault()
        }
        return (master, "/dev/pts/\(number)")
    }

    /// Types Ctrl-C.
    func interrupt() { _ = write(master, [0x03], 1) }

    /// Waits until a text is on the screen.
    /// - Returns: false when the program ended without it.
    func shows(_ text: String) async -> Bool {
        let found = OneTime<Bool>()
        state.withLock { state in
            if state.text.contains(text) {
                found.set(true)
            } else if state.isOver {
                found.set(false)
            } else {
                state.awaited.append((text, found))
            }
        }
        return await found.value
    }

    /// The processes of the session that live, as `ID name`.
    var processes: [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.filter { Int32($0) != nil }.compactMap { id in
            guard let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            else { return nil }
            let fields = stat[stat.index(after: end)...].split(separator: " ")
            // State, parent, group, session. A zombie is over.
            guard fields.count > 3, fields[0] != "Z", Int32(fields[3]) == session else { return nil }
            return String(stat[...end])
        }
    }

    private func read() async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                var buffer = [UInt8](repeating: 0, count: 4096)
                while true {
                    let count = Foundation.read(master, &buffer, buffer.count)
                    // The last process that had it open is gone.
                    if count <= 0 { break }
                    take(String(decoding: buffer[..<count], as: UTF8.self))
                }
                let awaited = state.withLock { state in
                    state.isOver = true
                    return state.awaited
                }
                for waiter in awaited { waiter.found.set(false) }
                continuation.resume()
            }
        }
    }

    private func take(_ piece: String) {
        state.withLock { state in
            state.text += piece
            state.awaited.removeAll { waiter in
                guard state.text.contains(waiter.text) else { return false }
                waiter.found.set(true)
                return true
            }
        }
    }
}
