import UnixSignals

/// Runs what Ctrl-C and SIGTERM are to end in order: its task is cancelled, and it clears away what it has begun.
/// - Throws: `HostError.refused` where it was ended so.
func untilInterrupted<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let work = Task { try await body() }
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let watch = Task { for await _ in signals { work.cancel() } }
    defer { watch.cancel() }
    do { return try await work.value } catch {
        guard work.isCancelled else { throw error }
        throw HostError.refused("It was interrupted, and nothing is left of it.")
    }
}
