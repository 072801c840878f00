import ArgumentParser
import Foundation
@testable import StaffCLI

/// A machine with a home of its own, at which commands run.
final class Machine: Sendable {
    let folder: String
    let environment: [String: String]

    /// - Parameter url: the store that the environment names; nil where nobody is logged in.
    init(_ url: String?) throws {
        folder = FileManager.default.temporaryDirectory.path + "/staff-cli-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var environment = ["AFTERCARE_CONFIG_DIR": folder + "/config", "TZ": "UTC"]
        if let url { environment.merge(["AFTERCARE_URL": url, "AFTERCARE_TOKEN": "secret-token"]) { $1 } }
        self.environment = environment
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// What somebody waits for, by what was said as an error so far.
    struct Waits: Sendable {
        let isOver: @Sendable (String) -> Bool
    }

    /// Runs a command as the program would.
    /// - Parameters:
    ///   - typed: what somebody types at the terminal; nil where there is none.
    ///   - piped: what standard input holds, where it is no terminal.
    ///   - waits: what whoever types waits for before the last line.
    ///   - width: how wide the terminal is; nil where output goes elsewhere.
    func run(
        _ arguments: String...,
        typed: [String]? = nil,
        piped: [String] = [],
        pause: Duration = .zero,
        waits: Waits? = nil,
        width: Int? = nil,
        environment more: [String: String] = [:],
        output: (any TextSink)? = nil,
        adjust: (inout CommandContext) -> Void = { _ in }
    ) async -> CommandOutcome {
        await run(
            all: arguments,
            typed: typed,
            piped: piped,
            pause: pause,
            waits: waits,
            width: width,
            environment: more,
            output: output,
            adjust: adjust
        )
    }

    func run(
        all arguments: [String],
        typed: [String]? = nil,
        piped: [String] = [],
        pause: Duration = .zero,
        waits: Waits? = nil,
        width: Int? = nil,
        environment more: [String: String] = [:],
        output: (any TextSink)? = nil,
        adjust: (inout CommandContext) -> Void = { _ in }
    ) async -> CommandOutcome {
        let (kept, errors) = (KeptText(), KeptText())
        var context = CommandContext(
            environment: environment.merging(more) { $1 },
            input: TypedLines(typed ?? piped, pause: pause) { waits.map { $0.isOver(errors.text) } ?? true },
            output: output ?? kept,
            errors: errors,
            inputIsTerminal: typed != nil,
            outputIsTerminal: width != nil,
            errorsAreTerminal: false,
            windowWidth: { width }
        )
        context.retryDelays = Array(repeating: .milliseconds(5), count: 5)
        // However busy the machine is, a test is about something else.
        context.readTimeout = .seconds(120)
        adjust(&context)
        do {
            var command = try Program.parseAsRoot(arguments)
            try await CommandContext.$current.withValue(context) {
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
            }
        } catch {
            let code = Program.exitCode(for: error).rawValue
            return CommandOutcome(code: code, output: kept.text, errors: errors.text + Program.message(for: error))
        }
        return CommandOutcome(code: 0, output: kept.text, errors: errors.text)
    }

    /// The keys of unanswered changes that are kept.
    var keptKeys: [String] {
        let unanswered = folder + "/config/unanswered"
        return ((try? FileManager.default.contentsOfDirectory(atPath: unanswered)) ?? []).sorted()
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func text(_ name: String) -> String? {
        FileManager.default.contents(atPath: path(name)).map { String(decoding: $0, as: UTF8.self) }
    }

    func write(_ name: String, _ text: String) { write(name, bytes: Array(text.utf8)) }

    func write(_ name: String, bytes: [UInt8]) {
        _ = FileManager.default.createFile(atPath: path(name), contents: Data(bytes))
    }

    /// What is in the machine's folder, but the configuration.
    var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0 != "config" }.sorted()
    }
}

/// Runs a body with a store and a machine that is logged in to it.
func withStore<Result>(
    _ responder: @escaping StubStore.Responder,
    _ body: (StubStore, Machine) async throws -> Result
) async throws -> Result {
    try await StubStore.run(responder) { store in try await body(store, Machine(store.url)) }
}
