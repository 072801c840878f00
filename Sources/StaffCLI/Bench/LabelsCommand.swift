import ArgumentParser
import StoreAPI

/// `aftercare labels`
struct LabelsCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "labels",
        abstract: "Write addresses for a carrier's upload tool.",
        discussion: """
            A row of comma-separated values for each parcel, in UTF-8. Without an order it is every parcel that waits; \
            without -o they go to standard output.

            Example: aftercare labels -o labels.csv
            """
    )

    /// How many orders one request names.
    static let batch = 100

    @Argument(help: "The orders' numbers; all whose parcels wait, if none is named.")
    var orders: [OrderArgument] = []
    @Option(name: .shortAndLong, help: "The file to write.")
    var output: String?
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let (console, store) = (invocation.console, try invocation.store())
        let numbers = orders.isEmpty ? try await waiting(store) : orders.map(\.text)
        var rows: [String] = []
        for start in stride(from: 0, to: numbers.count, by: Self.batch) {
            var path = StorePath.staff("labels")
            for number in numbers[start..<min(start + Self.batch, numbers.count)] { path = path.with("order", number) }
            let answer = String(decoding: try await store.send(.get(path)).body, as: UTF8.self)
            // Each answer has its head; one is enough. A row's end is no line's end inside quotes, which no field has.
            rows += answer.split(separator: "\r\n").dropFirst(start == 0 ? 0 : 1).map { $0 + "\r\n" }
        }
        if rows.isEmpty, !console.isJSON { console.note("No parcels are waiting.") }
        guard let output, output != "-" else {
            let text = rows.joined()
            // What customers typed is in it, and a terminal would act on what it does not show.
            let isTerminal = invocation.context.outputIsTerminal
            return try console.write(
                Array((isTerminal ? SafeText.lines(text.replacing("\r\n", with: "\n")) : text).utf8)
            )
        }
        guard !rows.isEmpty else { return }
        try LocalFile.replace(output, with: Array(rows.joined().utf8))
        if console.isJSON {
            let summary = JSONValue.object(["file": .text(output), "labels": .integer(Int64(rows.count - 1))])
            return try console.write(lines: [JSONText.of(summary)])
        }
        try console.say("Wrote \(output), \(counted(rows.count - 1, "label")).", .good)
    }

    /// The orders of all parcels that wait, each once.
    private func waiting(_ store: StoreClient) async throws -> [String] {
        let parcels: WaitingParcelListBody = try await store.send(.get(.staff("parcels"))).decode()
        var numbers: [String] = []
        for parcel in parcels.data where !numbers.contains(parcel.number) { numbers.append(parcel.number) }
        return numbers
    }
}
