import Dispatch
import Glibc
import Synchronization

/// Standard input, read on a thread of its own: a read that waits for a person must not hold up a thread that tasks
/// share.
final class StandardInput: InputLines {
    static let shared = StandardInput(STDIN_FILENO)

    /// Ctrl-C, which arrives as a character while nothing is shown.
    private static let interrupt: UInt8 = 3

    private let descriptor: Int32
    private let rest = Mutex<[UInt8]>([])
    /// A byte can be read from it once a signal has ended the input; -1 while signals do what they always do.
    private let ending = Mutex<Int32>(-1)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    func endOnSignals() { endOnSignals([SIGINT, SIGTERM, SIGHUP]) }

    /// From the second time on a signal does what it always does: nobody has to wait for a store that is silent.
    func endOnSignals(_ signals: [Int32]) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        ending.withLock { $0 = ends[0] }
        for number in signals {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            let isListening = DispatchSemaphore(value: 0)
            source.setRegistrationHandler { isListening.signal() }
            source.setEventHandler { [written = ends[1]] in
                signal(number, SIG_DFL)
                _ = write(written, [0], 1)
                source.cancel()
            }
            source.resume()
            // Until then, a signal is ignored and nobody hears of it.
            isListening.wait()
        }
    }

    func next() async -> String? {
        await onOwnThread { self.readLine() }
    }

    func nextSecret() async -> String? {
        await onOwnThread {
            var shown = termios()
            guard tcgetattr(self.descriptor, &shown) == 0 else { return self.readLine() }
            var hidden = shown
            // Without signals, so that nothing can end the program before the screen shows again what is typed.
            hidden.c_lflag &= ~tcflag_t(ECHO | ISIG)
            withUnsafeMutableBytes(of: &hidden.c_cc) { $0[Int(VEOL)] = Self.interrupt }
            tcsetattr(self.descriptor, TCSAFLUSH, &hidden)
            defer { tcsetattr(self.descriptor, TCSAFLUSH, &shown) }
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
            var waiting = [descriptor, ending.withLock { $0 }].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            if poll(&waiting, 2, -1) < 0, errno == EINTR { continue }
            if waiting[1].revents != 0 { return nil }
            let count = read(descriptor, &buffer, buffer.count)
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
    /// From now on Ctrl-C, a lost terminal and a request to end are the end of the lines: the command can tidy up.
    func endOnSignals()
}
