package import Testing

/// Asks again and again until the answer is yes; a test whose answer stays no for twenty seconds fails.
package func eventually(
    _ expectation: Comment,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    var holds = false
    for _ in 0..<400 {
        holds = try await condition()
        if holds { break }
        try await Task.sleep(for: .milliseconds(50))
    }
    try #require(holds, expectation, sourceLocation: sourceLocation)
}
