import HTTPTypes
import Hummingbird
import Logging
import NIOCore

extension StripeDouble {
    /// Runs a body with a double that listens on a port of its own.
    package static func run(
        secretKey: String = "sk_test_double",
        webhookURL: String? = nil,
        webhookSecret: String = "whsec_double",
        delivery: Delivery = .held,
        now: @escaping @Sendable () -> Int64 = StripeDouble.systemClock,
        _ body: @escaping @Sendable (StripeDouble) async throws -> Void
    ) async throws {
        let double = StripeDouble(
            secretKey: secretKey,
            webhookURL: webhookURL,
            webhookSecret: webhookSecret,
            delivery: delivery,
            now: now
        )
        let (urls, url) = AsyncStream.makeStream(of: String.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Nobody waits for a double that could not start.
                defer { url.finish() }
                try await double.serve(port: 0, stopsOnSignals: false) { url.yield($0) }
            }
            var iterator = urls.makeAsyncIterator()
            if await iterator.next() != nil {
                try await body(double)
                group.cancelAll()
            }
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    /// Listens until the task is cancelled or, where it stops on signals, until SIGTERM or SIGINT.
    /// - Parameter onRunning: told where it listens, as soon as it does.
    func serve(
        port: Int,
        stopsOnSignals: Bool,
        onRunning: @escaping @Sendable (String) -> Void
    ) async throws {
        let router = Router(context: DoubleContext.self)
        router.add(middleware: RefusalMiddleware())
        APIRoutes(double: self).add(to: router)
        PayRoutes(double: self).add(to: router)
        ControlRoutes(double: self).add(to: router)
        var quiet = Logger(label: "stripe-double")
        quiet.logLevel = .critical
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in
                self.url = "http://127.0.0.1:\(channel.localAddress?.port ?? port)"
                onRunning(self.url)
            },
            logger: quiet
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.deliverInBackground() }
            group.addTask {
                if stopsOnSignals {
                    try await application.runService()
                } else {
                    try await application.run()
                }
            }
            _ = try await group.next()
            group.cancelAll()
        }
    }
}

/// What a request carries: its connection, which a fault may close.
struct DoubleContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// Ends a request without an answer.
struct ConnectionLoss: Error {}

/// Turns what the routes throw into answers, or into none.
struct RefusalMiddleware: RouterMiddleware {
    typealias Context = DoubleContext

    func handle(
        _ request: Request,
        context: DoubleContext,
        next: @concurrent (Request, DoubleContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let refusal as StripeDouble.Refusal {
            return Reply(refusal).response
        } catch is NIOTooManyBytesError {
            return Reply(StripeDouble.Refusal.tooLarge).response
        } catch let error as HTTPError where error.status == .notFound {
            let address = "\(request.method.rawValue) \(request.uri.path)"
            return Reply(StripeDouble.Refusal(status: 404, "The double does not know \(address).")).response
        } catch is ConnectionLoss {
            try? await context.channel.close()
            return Response(status: .internalServerError)
        }
    }
}
