import FoundationEssentials
import Glibc
import SystemPackage

/// What a command runs in: the environment, the terminal, and how long it waits. A test makes its own.
struct CommandContext: Sendable {
    /// The one of the running command.
    @TaskLocal static var current = CommandContext.process

    /// The process's own.
    static let process = CommandContext(
        environment: ProcessInfo.processInfo.environment,
        input: StandardInput.shared,
        output: DescriptorSink(descriptor: .standardOutput),
        errors: DescriptorSink(descriptor: .standardError),
        inputIsTerminal: isatty(STDIN_FILENO) == 1,
        outputIsTerminal: isatty(STDOUT_FILENO) == 1,
        errorsAreTerminal: isatty(STDERR_FILENO) == 1,
        windowWidth: windowWidth
    )

    var environment: [String: String]
    var input: any InputLines
    var output: any TextSink
    var errors: any TextSink
    var inputIsTerminal: Bool
    var outputIsTerminal: Bool
    var errorsAreTerminal: Bool
    /// Opens an address where the person sees it; whether there is a browser to do so.
    var openPage: @Sendable (String) -> Bool = { Browser.open($0) }
    /// How many columns the window has, where it says so.
    var windowWidth: @Sendable () -> Int?
    /// How long to wait before each further try.
    var retryDelays: [Duration] = [
        .milliseconds(200), .milliseconds(500), .seconds(1), .seconds(2), .seconds(4),
    ]
    /// What time it is, for what comes faster than a hand.
    var now: @Sendable () -> ContinuousClock.Instant = { .now }
    /// Waits so long.
    var wait: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    /// The time between two prolongations of a lease while somebody packs. It lasts for ten minutes.
    var leaseInterval: Duration = .seconds(180)
    /// How long the store may take to answer a change.
    var timeout: Duration = .seconds(60)
    /// How long somebody who only looks waits, however often it is tried.
    var readTimeout: Duration = .seconds(10)
    /// How long somebody waits who presses a key to have a word completed.
    var completionTimeout: Duration = .seconds(2)

    private static func windowWidth() -> Int? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
