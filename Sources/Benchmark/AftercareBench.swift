import ArgumentParser
import Glibc
import Hummingbird
import Logging
import SystemPackage

/// `aftercare-bench`: how fast the store is, each figure beside what it is compared with, from one run on one machine.
@main struct AftercareBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aftercare-bench",
        abstract: "Measure the store beside what it is compared with.",
        discussion: """
            It sets up everything itself: a store with a private PostgreSQL of its own at default durability, and a \
            bare server of the same HTTP library. Groups: A checkouts of one kit beside the database alone, B whole \
            journeys, C reads, D growth, E start and size, F checkouts on a slower disk, G guides by themselves, \
            H what telling customers costs, I overload.
            """
    )

    @Argument(help: "The groups to run; all without any.")
    var groups: [String] = []
    @Option(help: "Seconds for each figure.")
    var seconds = 10.0
    @Option(help: "How many orders are many, in D.")
    var orders = 100_000
    @Flag(help: "Only see that checkouts work under load: no failure, exact stock, and a ratio that is not absurd.")
    var check = false
    @Option(help: "Write the rows to this file as JSON.")
    var json: String?
    @Option(help: .hidden)
    var hello: Int?
    @Option(help: .hidden)
    var countedStore: Int?
    @Option(help: .hidden)
    var dataDir = ""

    private static let known = ["A", "B", "C", "D", "E", "F", "G", "H", "I"]

    func validate() throws {
        guard Set(groups).isSubset(of: Self.known) else {
            throw ValidationError("The groups are \(Self.known.joined(separator: ", ")).")
        }
        guard orders > GrowthBenchmark.few else {
            throw ValidationError("--orders is more than \(GrowthBenchmark.few).")
        }
        guard seconds > 0 else { throw ValidationError("--seconds is more than 0.") }
    }

    func run() async throws {
        if let hello { return try await serveHello(hello) }
        if let countedStore { return await AllocationBenchmark.serve(port: countedStore, folder: dataDir) }
        say(machine)
        Report.head()
        var report = Report()
        if check { return try await checkCheckouts(&report) }
        let wanted = groups.isEmpty ? Self.known : groups
        if wanted.contains("G") { try GuideBenchmark.run(seconds: seconds, &report) }
        if !Set(wanted).isSubset(of: ["G"]) { try await overHTTP(wanted, &report) }
        if let json {
            let text = try report.json()
            guard let file = fopen(json, "w") else { throw ValidationError("\(json) can't be written.") }
            defer { fclose(file) }
            fputs(text, file)
        }
    }

    /// The least that a checkout may be, of the database alone, in any build on any machine.
    private static let ratioFloor = 0.01

    /// A run that says yes or no, and nothing about time.
    private func checkCheckouts(_ report: inout Report) async throws {
        try await withStore { start in
            let store = try start(.plain)
            defer { store.stop() }
            let database = try await Database(of: store.folder)
            try CheckoutBenchmark.run(
                store,
                database: database,
                seconds: seconds,
                name: "A",
                scale: .check,
                &report
            )
            let wrong = database.number(Database.stockDifference)
            let failed = report.rows.reduce(0) { $0 + ($1.failed ?? 0) }
            let slowest = report.rows.compactMap(\.ratio).min() ?? 0
            guard failed == 0, wrong == 0, slowest >= Self.ratioFloor else {
                throw Child.Fault(
                    description: "\(failed) failed, \(wrong) units of stock are wrong, the least ratio is \(slowest)"
                )
            }
            say("No checkout failed, and the stock is exact.")
        }
    }

    /// A store as it is measured.
    private enum Kind {
        /// Without its workers.
        case plain
        /// With them.
        case telling
        /// Inside this program, whose allocations are counted.
        case counted
    }

    /// Lends the way to start a store in a folder of its own.
    private func withStore(_ body: ((Kind) throws -> Child) async throws -> Void) async throws {
        let folder = "/var/tmp/aftercare-bench-\(getpid())"
        mkdir(folder, 0o755)
        defer { Self.remove(folder) }
        let program = FilePath(Child.ownPath).removingLastComponent().appending("aftercare").string
        func start(kind: Kind) throws -> Child {
            let port = Child.freePort()
            return try Child.start(
                kind == .counted ? Child.ownPath : program,
                (kind == .counted ? ["--counted-store"] : ["serve", "--port"])
                    + ["\(port)", "--data-dir", folder + "/store"],
                environment: kind == .telling ? ["AFTERCARE_WORKERS": "true"] : [:],
                folder: folder + "/store",
                port: port,
                ready: "/readyz"
            )
        }
        try await body(start)
    }

    /// The groups that need a store.
    private func overHTTP(_ wanted: [String], _ report: inout Report) async throws {
        try await withStore { start in
            if wanted.contains("E") {
                try StartBenchmark.run({ try start(.plain) }, seconds: seconds, &report)
                try AllocationBenchmark.run({ try start(.counted) }, &report)
            }
            if !Set(wanted).isDisjoint(with: ["A", "B", "C", "D", "F"]) {
                let store = try start(.plain)
                defer { store.stop() }
                try await measure(store, wanted, &report)
            }
            if wanted.contains("I") {
                let store = try start(.plain)
                defer { store.stop() }
                let database = try await Database(of: store.folder)
                try await OverloadBenchmark.run(store, database: database, seconds: seconds, &report)
            }
            if wanted.contains("H") {
                try await DeliveryBenchmark.run({ try start($0 ? .telling : .plain) }, seconds: seconds, &report)
            }
        }
    }

    private func measure(_ store: Child, _ wanted: [String], _ report: inout Report) async throws {
        let database = try await Database(of: store.folder)
        // A shop that has been open for a while: PostgreSQL plans by the sizes that it has seen.
        _ = try Carts.make(5_000, on: store.port)
        database.fill(to: 5_000)
        if wanted.contains("A") {
            try CheckoutBenchmark.run(store, database: database, seconds: seconds, name: "A", &report)
        }
        if wanted.contains("B") { try JourneyBenchmark.run(store, seconds: seconds, &report) }
        if wanted.contains("C") {
            let port = Child.freePort()
            let hello = try Child.start(Child.ownPath, ["--hello", "\(port)"], port: port, ready: "/hello")
            defer { hello.stop() }
            try ReadBenchmark.run(store, hello: hello, seconds: seconds, &report)
        }
        if wanted.contains("F") {
            // Every commit waits two milliseconds more, as it would for a disk at the other end of a network.
            database.delayCommits(microseconds: 2000)
            try CheckoutBenchmark.run(store, database: database, seconds: seconds, name: "F", &report)
            database.delayCommits(microseconds: 0)
        }
        if wanted.contains("D") {
            try GrowthBenchmark.run(store, database: database, many: orders, seconds: seconds / 5, &report)
        }
    }

    private var machine: String {
        let model =
            CPU.text("/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":").last.map { $0.drop { $0 == " " } } ?? "unknown processor"
        return "\(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores of \(model), \(seconds.formatted(0)) s a figure"
    }

    private static func remove(_ folder: String) {
        var process = pid_t()
        let argv: [UnsafeMutablePointer<CChar>?] = ["rm", "-rf", folder].map { (word: String) in strdup(word) } + [nil]
        defer { argv.forEach { free($0) } }
        if posix_spawn(&process, "/bin/rm", nil, nil, argv, nil) == 0 {
            var status: Int32 = 0
            waitpid(process, &status, 0)
        }
    }

    /// The bare server that everything over HTTP is compared with.
    private func serveHello(_ port: Int) async throws {
        let router = Router()
        router.get("/hello") { _, _ in "hello" }
        var logger = Logger(label: "hello")
        logger.logLevel = .critical
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            logger: logger
        )
        try await application.runService()
    }
}

/// Prints a line right away, also into a file or a pipe.
func say(_ line: String) {
    let text = Array((line + "\n").utf8)
    _ = write(STDOUT_FILENO, text, text.count)
}
