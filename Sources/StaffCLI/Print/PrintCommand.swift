import ArgumentParser
import StoreAPI

/// `aftercare print`
struct PrintCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "print",
        abstract: "Make slips and inserts to print.",
        discussion: """
            Each slip and each insert begins on a sheet of its own: print on both sides. More than 25 orders come in several files: FILE-1.pdf, FILE-2.pdf, … All of them are written, or none.

            Example: aftercare print --today --kind both -o today.pdf
            """
    )

    /// How many orders one call asks for: so many are made while nobody gets impatient.
    static let batch = 25

    @Argument(help: "The orders' numbers.")
    var orders: [OrderArgument] = []
    @Flag(help: "All orders that must leave today and can.")
    var today = false
    @Option(help: "What to print.")
    var kind: PrintKind = .slip
    @Option(help: "As what.")
    var format: PrintFormat = .pdf
    @Option(help: "On what. a4 means A5 sheets, and letter halves of US Letter. [default: the shop's setting]")
    var paper: PrintPaper?
    @Option(name: .shortAndLong, help: "The file to write; - for standard output. [default: the order, or prints]")
    var output: String?
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard orders.isEmpty == today else { throw ValidationError("Name orders, or say --today.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let numbers = today ? try await dueNumbers(store) : orders.map(\.text)
        guard !numbers.isEmpty else { return try say([], 0, invocation) }
        let batches = stride(from: 0, to: numbers.count, by: Self.batch).map {
            Array(numbers[$0..<min($0 + Self.batch, numbers.count)])
        }
        if output == "-" {
            guard batches.count == 1 else {
                throw StaffError(.wrongUse, "These are \(batches.count) files: name one to write with -o FILE.")
            }
            return try invocation.console.write(try await store.send(request(batches[0])).body)
        }
        let names = names(numbers, count: batches.count)
        var files: [PendingFile] = []
        let bar = ProgressBar("Printing", total: numbers.count, sink: invocation.console.progress)
        do {
            bar.show(0)
            var done = 0
            for (name, batch) in zip(names, batches) {
                let file = try PendingFile(name)
                files.append(file)
                try file.write(try await store.send(request(batch)).body)
                done += batch.count
                bar.show(done)
            }
            bar.clear()
        } catch {
            bar.clear()
            for file in files { file.discard() }
            throw error
        }
        try PendingFile.commit(files)
        try say(names, numbers.count, invocation)
    }

    private func say(_ names: [String], _ count: Int, _ invocation: Invocation) throws {
        if invocation.console.isJSON {
            let summary = JSONValue.object([
                "files": .list(names.map { .text($0) }), "orders": .integer(Int64(count)),
            ])
            return try invocation.console.write(lines: [JSONText.of(summary)])
        }
        guard !names.isEmpty else { return try invocation.console.say("Nothing is to be printed.") }
        for name in names { try invocation.console.say(name, .strong) }
        invocation.console.note("\(counted(count, "order")).")
    }

    private func request(_ numbers: [String]) -> StoreRequest {
        var path = StorePath.staff("prints").with("kind", kind.rawValue).with("format", format.rawValue)
        path = path.with("paper", paper?.rawValue)
        for number in numbers { path = path.with("order", number) }
        var request = StoreRequest.get(path)
        // So many pages are not made in a moment.
        request.timeout = .seconds(300)
        return request
    }

    /// What must leave today, nothing keeps, and is not in a box yet.
    private func dueNumbers(_ store: StoreClient) async throws -> [String] {
        var numbers: [String] = []
        var cursor: String?
        repeat {
            let path = StorePath.staff("today").with("limit", "500").with("cursor", cursor)
            let queue: QueueBody = try await store.send(.get(path)).decode()
            numbers += queue.data.filter { $0.state != .blocked && !$0.packed }.map(\.number)
            cursor = queue.next
        } while cursor != nil
        return numbers
    }

    private func names(_ numbers: [String], count: Int) -> [String] {
        let standard = numbers.count == 1 ? numbers[0].filter { $0.isLetter || $0.isNumber || $0 == "-" } : "prints"
        let name = output ?? "\(standard).\(format.rawValue)"
        guard count > 1 else { return [name] }
        let folderEnd = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
        let dot = name[folderEnd...].lastIndex(of: ".").flatMap { $0 == folderEnd ? nil : $0 } ?? name.endIndex
        return (1...count).map { "\(name[..<dot])-\($0)\(name[dot...])" }
    }
}

/// What is printed for an order.
enum PrintKind: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// The packing slip.
    case slip
    /// The guide that goes into the box.
    case insert
    case both
}

/// What is printed on.
enum PrintPaper: String, ExpressibleByArgument, CaseIterable, Sendable {
    case a4
    case letter
}

/// What is printed as.
enum PrintFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case pdf
    case html
}
