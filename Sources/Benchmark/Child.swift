import Glibc
import SystemPackage

/// A process of the benchmark's own: the store, or the bare server that it is compared with.
struct Child {
    /// Why a process can't be measured.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    let process: pid_t
    let port: Int
    /// Its data folder; empty where it has none.
    let folder: String
    /// Seconds from its start until it answered.
    let startTime: Double

    /// This program's own file.
    static var ownPath: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        return String(decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Starts a program that will listen on a port, and waits until a path there answers.
    static func start(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        folder: String = "",
        port: Int,
        ready path: String
    ) throws -> Child {
        // What the workers cost is a question of its own: these figures are of what somebody waits for.
        let variables = ["PATH": "/usr/bin:/bin", "AFTERCARE_LOG_LEVEL": "critical", "AFTERCARE_WORKERS": "false"]
            .merging(environment) { $1 }
        let argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        let envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        var process = pid_t()
        let start = Load.now()
        guard posix_spawn(&process, program, &actions, nil, argv, envp) == 0 else {
            throw Fault(description: "\(program) does not start")
        }
        let request = HTTP.get(path)
        while Load.now() - start < 300_000_000 {
            var isReady = false
            _ = Load.run(
                port: port,
                seconds: 2,
                visitors: [
                    { reply in
                        if let reply { isReady = reply.status == 200 }
                        return reply == nil ? Step(request: request, beginsUnit: true) : nil
                    }
                ]
            )
            if isReady {
                return Child(process: process, port: port, folder: folder, startTime: Double(Load.now() - start) / 1e6)
            }
            usleep(2000)
        }
        Glibc.kill(process, SIGKILL)
        throw Fault(description: "\(program) does not answer")
    }

    /// Stops it in order and waits for that.
    func stop() {
        kill(process, SIGTERM)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }

    /// A port that was free a moment ago.
    static func freePort() -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, size)
                getsockname(descriptor, generic, &size)
            }
            return Int(in_port_t(bigEndian: pointer.pointee.sin_port))
        }
    }
}

/// Requests as bytes.
enum HTTP {
    static func get(_ path: String, _ headers: [String: String] = [:]) -> [UInt8] { request("GET", path, headers) }

    static func request(
        _ method: String,
        _ path: String,
        _ headers: [String: String] = [:],
        body: [UInt8] = []
    ) -> [UInt8] {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if method != "GET" { head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }

    /// The text of a field in a JSON document, found by its name; it must hold no escapes.
    static func field(_ name: String, in body: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: body, as: UTF8.self)
        guard let range = text.firstRange(of: "\"\(name)\":\"") else { return nil }
        return String(text[range.upperBound...].prefix { $0 != "\"" })
    }
}
