/// Wakes whoever waits for something to happen to an order, once for any number of happenings.
package struct ChangeSignal: Sendable {
    /// One element for all that happened since the last one was taken. One task listens.
    package let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Something happened.
    package func notify() { continuation.yield() }
}
