package import Testing

/// Asks again and again until the answer is yes; a test whose answer stays no for three minutes fails. An error is no answer
/// yet: whoever is asked may be busy.
package func eventually(
    _ expectation: Comment,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(180)
    while true {
        do {
            if try await condition() { return }
            guard ContinuousClock.now < end else { break }
        } catch {
            guard ContinuousClock.now < end, !Task.isCancelled else { throw error }
        }
        try await Task.sleep(for: .milliseconds(50))
    }
    try #require(Bool(false), expectation, sourceLocation: sourceLocation)
}
