import Glibc
import SystemPackage

/// E: how soon the store is there, and how large it is.
enum StartBenchmark {
    static func run(_ start: () throws -> Child, seconds: Double, _ report: inout Report) throws {
        let program = FilePath(Child.ownPath).removingLastComponent().appending("aftercare").string
        var times: [Double] = []
        var store = try start()
        for _ in 0..<4 {
            store.stop()
            store = try start()
            times.append(store.startTime * 1000)
        }
        defer { store.stop() }
        report.add(
            BenchmarkRow(
                bench: "E",
                name: "from exec to ready, database included",
                value: times.median,
                unit: "ms",
                spread: times.spread
            )
        )
        report.add(BenchmarkRow(bench: "E", name: "memory, idle", value: CPU.memory(store.process), unit: "MiB"))
        var others = Report()
        others.isQuiet = true
        try JourneyBenchmark.run(store, seconds: seconds, &others)
        report.add(
            BenchmarkRow(
                bench: "E",
                name: "memory, after B",
                value: CPU.memory(store.process),
                unit: "MiB",
                goal: "≤ 64"
            )
        )
        var status = stat()
        stat(program, &status)
        report.add(BenchmarkRow(bench: "E", name: "program", value: Double(status.st_size) / 1_048_576, unit: "MiB"))
    }
}
