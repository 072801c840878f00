import StoreAPI

/// The numbers that a shell completes: of the open orders, the most urgent first.
enum OpenOrderNumbers {
    private static let countMax = 100

    /// None where nobody is logged in or the store does not answer: a shell says nothing of it.
    static func starting(with prefix: String) async -> [String] {
        var context = CommandContext.current
        context.readTimeout = context.completionTimeout
        context.retryDelays = []
        let invocation = Invocation(console: Console(context, colour: .never, isJSON: true))
        let path = StorePath.staff("today").with("all", "true").with("limit", String(countMax))
        guard let store = try? invocation.store(), let answer = try? await store.send(.get(path)),
            let queue: QueueBody = try? answer.decode()
        else { return [] }
        return queue.data.map(\.number).filter { $0.hasPrefix(prefix.uppercased()) }
    }
}
