import ArgumentParser
import StoreAPI
import Synchronization

/// `aftercare orders export`
struct OrdersExport: StaffCommand {
    /// What the rows are written in.
    enum Format: String, ExpressibleByArgument, CaseIterable, Sendable {
        case csv
        case jsonl
    }

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write orders to a file, one a row.",
        discussion: """
            Without -o they go to standard output.

            Example: aftercare orders export --from 2026-11-01 --to 2026-11-30 -o november.csv
            """
    )

    @OptionGroup var filter: OrderFilter
    @Option(help: "What the rows are written in.")
    var format: Format = .csv
    @Option(name: .shortAndLong, help: "The file to write.")
    var output: String?
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let request = StoreRequest.get(
            filter.applied(to: StorePath.staff("orders", "export").with("format", format.rawValue))
        )
        guard let output, output != "-" else { return try await print(request, invocation, store) }
        let file = try PendingFile(output)
        let total = Mutex(0)
        do {
            let bar = Mutex<ProgressBar?>(nil)
            let rows = Mutex(0)
            try await store.stream(request, mayRestart: true) { head in
                try file.restart()
                let count = head.headers["x-total-count"].flatMap { Int($0) } ?? 0
                total.withLock { $0 = count }
                rows.withLock { $0 = 0 }
                bar.withLock {
                    $0 = count > 0 ? ProgressBar("Orders", total: count, sink: invocation.console.progress) : nil
                }
            } piece: { bytes in
                try file.write(bytes)
                let done = rows.withLock { rows in
                    rows += bytes.reduce(0) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
                    return rows
                }
                bar.withLock { $0?.show(done) }
            }
            bar.withLock { $0?.clear() }
            try file.commit()
        } catch {
            file.discard()
            throw error
        }
        let count = total.withLock { $0 }
        if invocation.console.isJSON {
            let summary = JSONValue.object(["file": .text(output), "orders": .integer(Int64(count))])
            return try invocation.console.write(lines: [JSONText.of(summary)])
        }
        try invocation.console.say("Wrote \(output)\(count > 0 ? ", \(counted(count, "order"))" : "").", .good)
    }

    private func print(_ request: StoreRequest, _ invocation: Invocation, _ store: StoreClient) async throws {
        // What customers typed is in it, and a terminal would act on what it does not show.
        let isTerminal = invocation.context.outputIsTerminal
        let rest = Mutex<[UInt8]>([])
        try await store.stream(request, mayRestart: false) { _ in
        } piece: { bytes in
            guard isTerminal else { return try invocation.console.write(bytes) }
            let lines = rest.withLock { rest in
                rest += bytes
                let end = rest.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
                defer { rest.removeFirst(end) }
                return Array(rest[..<end])
            }
            let text = String(decoding: lines, as: UTF8.self).replacing("\r\n", with: "\n")
            try invocation.console.write(Array(SafeText.lines(text).utf8))
        }
        let last = rest.withLock { $0 }
        if !last.isEmpty {
            try invocation.console.write(Array(SafeText.lines(String(decoding: last, as: UTF8.self)).utf8))
        }
    }
}
