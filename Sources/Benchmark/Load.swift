import Glibc
import Histogram

/// What came back for a request.
struct Reply {
    let status: Int
    let head: ArraySlice<UInt8>
    let body: ArraySlice<UInt8>

    /// The value of a header; its name in lower case.
    func header(_ name: String) -> String? {
        for line in String(decoding: head, as: UTF8.self).split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == name { return String(parts[1].drop { $0 == " " }) }
        }
        return nil
    }
}

/// What a visitor sends next.
struct Step {
    let request: [UInt8]
    /// Whether a new unit of work begins with it: what is counted and timed.
    let beginsUnit: Bool
}

/// Someone on a connection: told the reply to the last request, nil at first, they say what comes next; nil for no more.
typealias Visitor = (Reply?) -> Step?

/// What a run of load came to.
struct LoadResult {
    var units = 0
    /// Units in which a reply had a status that was not expected, or a connection broke.
    var failed = 0
    var seconds = 0.0
    /// Microseconds per unit.
    var times = Histogram<UInt64>(highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: .three)
    /// Microseconds of those that were told to come again.
    var refusals = Histogram<UInt64>(highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: .three)
    /// Processor seconds that the load itself took.
    var ownCPU = 0.0

    var rate: Double { seconds > 0 ? Double(units) / seconds : 0 }

    func milliseconds(_ percentile: Double) -> Double { Double(times.valueAtPercentile(percentile)) / 1000 }
}

/// Plain HTTP/1.1 over connections that stay open, from one thread: as cheap as load can be made.
enum Load {
    /// Runs visitors, one connection each, until their time is over or none has anything left to send.
    ///
    /// - Parameters:
    ///   - rate: how many units begin in a second, whether the server answers or not, each timed from when it should
    ///     have begun; nil where each visitor waits for their reply and goes on at once.
    ///   - expected: the statuses that are no failure.
    static func run(
        port: Int,
        seconds: Double,
        rate: Double? = nil,
        expected: Set<Int> = [200, 201],
        visitors: [Visitor]
    ) -> LoadResult {
        var result = LoadResult()
        var lines = visitors.map { Line(visitor: $0, descriptor: connect(port)) }
        let (start, startCPU) = (now(), CPU.own())
        let end = start + UInt64(seconds * 1e6)
        var idle: [Int] = []
        // Only these are asked of the kernel: thousands that rest would cost more than the load.
        var awaiting: [Int] = []
        var begun = 0
        for index in lines.indices {
            lines[index].take(nil, &result, time: start)
            if rate == nil {
                lines[index].begin(&result, time: start)
                awaiting.append(index)
            } else {
                idle.append(index)
            }
        }
        var buffer = [UInt8](repeating: 0, count: 256 * 1024)
        while now() < end {
            if let rate {
                let due = Int(Double(now() - start) / 1e6 * rate)
                while begun < due, let index = idle.popLast() {
                    lines[index].begin(&result, time: start + UInt64(Double(begun) / rate * 1e6))
                    awaiting.append(index)
                    begun += 1
                }
            }
            awaiting.removeAll { !lines[$0].isOpen }
            guard !awaiting.isEmpty || !idle.isEmpty else { break }
            var polled = awaiting.map { pollfd(fd: lines[$0].descriptor, events: Int16(POLLIN), revents: 0) }
            guard poll(&polled, nfds_t(polled.count), rate == nil ? 100 : 1) > 0 else { continue }
            var unanswered: [Int] = []
            for (index, polled) in zip(awaiting, polled) {
                if polled.revents != 0 {
                    let count = recv(polled.fd, &buffer, buffer.count, 0)
                    guard count > 0 else {
                        result.failed += 1
                        lines[index].close()
                        continue
                    }
                    if lines[index].received(buffer[..<count], &result, expected: expected) {
                        if rate != nil {
                            idle.append(index)
                            continue
                        }
                        lines[index].begin(&result, time: now())
                    }
                }
                unanswered.append(index)
            }
            awaiting = unanswered
        }
        result.seconds = Double(now() - start) / 1e6
        result.ownCPU = CPU.own() - startCPU
        for index in lines.indices { lines[index].close() }
        return result
    }

    /// Microseconds of a clock that only goes forward.
    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
    }

    /// A connection to a port of this machine; -1 where there is none.
    static func connect(_ port: Int) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        return isConnected ? descriptor : -1
    }
}

/// One connection and whoever is on it.
private struct Line {
    let visitor: Visitor
    let descriptor: Int32
    private(set) var isOpen: Bool
    private var unitStart: UInt64 = 0
    private var hasFailed = false
    private var pending: [UInt8] = []
    private var next: Step?

    init(visitor: @escaping Visitor, descriptor: Int32) {
        self.visitor = visitor
        self.descriptor = descriptor
        isOpen = descriptor >= 0
    }

    mutating func close() {
        if isOpen { Glibc.close(descriptor) }
        isOpen = false
    }

    /// Tells the visitor the reply, and learns what comes next.
    mutating func take(_ reply: Reply?, _ result: inout LoadResult, time: UInt64) {
        let step = visitor(reply)
        if reply != nil, step?.beginsUnit != false {
            result.units += 1
            result.times.record(time - unitStart)
            if reply?.status == 503 { result.refusals.record(time - unitStart) }
            if hasFailed { result.failed += 1 }
            hasFailed = false
        }
        next = step
    }

    /// Sends what comes next; closes where that is nothing.
    mutating func begin(_ result: inout LoadResult, time: UInt64) {
        guard let step = next else { return close() }
        if step.beginsUnit { unitStart = time }
        var sent = 0
        while sent < step.request.count {
            let count = step.request[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else {
                result.failed += 1
                return close()
            }
            sent += count
        }
    }

    /// Takes in what came; whether a reply is whole.
    mutating func received(_ bytes: ArraySlice<UInt8>, _ result: inout LoadResult, expected: Set<Int>) -> Bool {
        // Most replies come whole.
        let data = pending.isEmpty ? bytes : (pending + bytes)[...]
        guard let headEnd = Line.headEnd(data) else {
            pending = Array(data)
            return false
        }
        let head = data[data.startIndex..<headEnd]
        let length = Line.contentLength(head)
        guard data.endIndex - headEnd >= length else {
            pending = Array(data)
            return false
        }
        pending.removeAll(keepingCapacity: true)
        let status = head.dropFirst(9).prefix(3).reduce(0) { $0 * 10 + Int($1) - 48 }
        if !expected.contains(status) { hasFailed = true }
        take(Reply(status: status, head: head, body: data[headEnd..<headEnd + length]), &result, time: Load.now())
        return true
    }

    /// Where the body begins.
    private static func headEnd(_ data: ArraySlice<UInt8>) -> Int? {
        var index = data.startIndex
        while index + 3 < data.endIndex {
            if data[index] == 13, data[index + 2] == 13, data[index + 1] == 10, data[index + 3] == 10 {
                return index + 4
            }
            index += 1
        }
        return nil
    }

    private static let lengthName = Array("content-length:".utf8)

    private static func contentLength(_ head: ArraySlice<UInt8>) -> Int {
        var index = head.startIndex
        while index + lengthName.count < head.endIndex {
            if head[index] == 10, zip(head[(index + 1)...], lengthName).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) {
                var value = 0
                for byte in head[(index + 1 + lengthName.count)...] {
                    if byte == 13 { break }
                    if (48...57).contains(byte) { value = value * 10 + Int(byte) - 48 }
                }
                return value
            }
            index += 1
        }
        return 0
    }
}

/// Processor time and memory of processes.
enum CPU {
    /// Seconds that this process has used.
    static func own() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    /// Seconds that another process has used.
    static func of(_ process: pid_t) -> Double {
        let fields = text("/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Seconds that some processes have used together.
    static func ofAll(_ processes: [pid_t]) -> Double { processes.reduce(0) { $0 + of($1) } }

    /// Resident memory of a process, in MiB.
    static func memory(_ process: pid_t) -> Double {
        let pages = text("/proc/\(process)/statm").split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
    }

    /// A small file's text; empty where there is none.
    static func text(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&buffer, 1, buffer.count, file)
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}
