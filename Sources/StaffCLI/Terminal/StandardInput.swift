import Glibc
import Synchronization

/// Standard input, read on a thread of its own: a read that waits for a person must not hold up a thread that tasks
/// share.
final class StandardInput: InputLines {
    static let shared = StandardInput()

    /// Ctrl-C, which arrives as a character while nothing is shown.
    private static let interrupt: UInt8 = 3

    private let rest = Mutex<[UInt8]>([])

    func next() async -> String? {
        await onOwnThread { self.readLine() }
    }

    func nextSecret() async -> String? {
        await onOwnThread {
            var shown = termios()
            guard tcgetattr(STDIN_FILENO, &shown) == 0 else { return self.readLine() }
            var hidden = shown
            // Without signals, so that nothing can end the program before the screen shows again what is typed.
            hidden.c_lflag &= ~tcflag_t(ECHO | ISIG)
            withUnsafeMutableBytes(of: &hidden.c_cc) { $0[Int(VEOL)] = Self.interrupt }
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
            defer { tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown) }
            return self.readLine()
        }
    }

    private func onOwnThread(_ body: @escaping @Sendable () -> String?) async -> String? {
        await withCheckedContinuation { continuation in
            let work = Work { continuation.resume(returning: body()) }
            let opaque = Unmanaged.passRetained(work).toOpaque()
            var thread = pthread_t()
            let failure = pthread_create(&thread, nil, runWork, opaque)
            guard failure == 0 else {
                Unmanaged<Work>.fromOpaque(opaque).release()
                continuation.resume(returning: nil)
                return
            }
            pthread_detach(thread)
        }
    }

    private func readLine() -> String? {
        var line = rest.withLock { bytes in
            defer { bytes = [] }
            return bytes
        }
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            if let end = line.firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == Self.interrupt }) {
                if line[end] == Self.interrupt { return nil }
                let left = Array(line[(end + 1)...])
                rest.withLock { $0 = left }
                return String(decoding: line[..<end], as: UTF8.self)
            }
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
            line += buffer[..<count]
        }
    }
}

/// What a thread does.
private final class Work: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runWork(_ opaque: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let opaque { Unmanaged<Work>.fromOpaque(opaque).takeRetainedValue().run() }
    return nil
}

/// What somebody types, line by line.
protocol InputLines: Sendable {
    /// The next line without its end; nil where there are no more.
    func next() async -> String?
    /// The next line, unseen on the screen.
    func nextSecret() async -> String?
}
