import Glibc
import Metrics

/// What the system says of this process.
package enum ProcessReadings {
    /// Reads and reports it.
    package static func take() {
        Meter(label: "process.resident_memory").set(residentMemory)
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds =
            Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
        Meter(label: "process.cpu.time").set(seconds)
        Meter(label: "process.open_file_descriptors").set(openDescriptors)
        Meter(label: "process.start_time").set(startTime)
    }

    /// What of the machine's memory the process takes, in octets.
    package static var residentMemory: Int {
        let pages = text("/proc/self/statm").split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    private static var openDescriptors: Int {
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // The folder itself, the one above, and the descriptor that reads them.
        return max(0, count - 3)
    }

    private static let startTime: Double = {
        let ticks = text("/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
        let boot = text("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
            .flatMap { Double($0.dropFirst(6)) }
        guard ticks.count > 19, let started = Double(ticks[19]), let boot else { return 0 }
        return boot + started / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()

    private static func text(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&buffer, 1, buffer.count, file)
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}
