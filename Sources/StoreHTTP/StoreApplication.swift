package import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import HummingbirdTLS
package import Logging
import NIOCore

/// The whole HTTP service: what `serve` runs, and what the tests call.
package enum StoreApplication {
    /// The most connections at once; more wait until others end.
    private static let connectionsMax = 12_000

    /// All routes behind all middleware.
    /// - Parameter answersWrongMethods: whether methods that a path does not have are answered too, with a 405.
    package static func router(_ store: Store, answersWrongMethods: Bool = true) -> Router<StoreContext> {
        let router = Router(context: StoreContext.self, options: [.autoGenerateHeadEndpoints])
        if store.settings.isTraced { router.add(middleware: TraceMiddleware()) }
        router.addMiddleware {
            CrossOriginMiddleware(origins: store.settings.corsOrigins, keys: store.storefronts)
            AnswerMiddleware(settings: store.settings)
            StorefrontReader(keys: store.storefronts)
            LookUpLimit(store: store)
        }
        if store.settings.isTest { router.add(middleware: TestPageMiddleware()) }
        HealthRoutes(store: store).add(to: router)
        let (shop, catalog) = (StoreRoutes(store: store), CatalogRoutes(store: store))
        func addSelling(to router: Router<StoreContext>, selling gated: RouterGroup<StoreContext>) {
            shop.add(to: gated)
            catalog.add(to: gated)
            LegalTextRoutes(store: store).add(to: router)
            CartRoutes(store: store).add(to: router, making: gated)
            CheckoutRoutes(store: store).add(to: router)
            OrderRoutes(store: store).add(to: router)
            OrderActRoutes(store: store).add(to: router)
            OwnReturnRoutes(store: store).add(to: router)
            PlanRoutes(store: store).add(to: gated)
        }
        addSelling(to: router, selling: router.group().add(middleware: StorefrontGate(store: store)))
        if store.settings.hasStorefront {
            // The storefront asks the same routes as everybody, and no others, without the network between. It is the
            // shop's own, and needs no key: nobody else can come this way.
            let api = Router(context: StoreContext.self)
            addSelling(to: api, selling: api.group())
            ShopRoutes(shop: Storefront(store: store, api: api.buildResponder())).add(to: router)
        }
        LostLinkRoutes(store: store).add(to: router)
        ReminderRoutes(store: store).add(to: router)
        PageRoutes(store: store).add(to: router)
        if let folder = store.settings.shownMail { MailRoutes(folder: folder).add(to: router) }
        WebhookRoutes(store: store).add(to: router)
        StaffRoutes(store: store).add(to: router)
        ContractRoutes(store: store).add(to: router)
        ReferenceRoutes(store: store).add(to: router)
        if answersWrongMethods { answerWrongMethods(router) }
        return router
    }

    /// The service on an address; port 0 takes a free one, which `onServerRunning` tells.
    /// - Parameters:
    ///   - certificate: for HTTPS, HTTP/2 and HTTP/1.1; without one it is plain HTTP/1.1.
    ///   - idleTimeout: how long a connection may say nothing.
    package static func build(
        _ store: Store,
        host: String,
        port: Int,
        certificate: ServerCertificate? = nil,
        logger: Logger,
        limit: ConcurrencyLimit = ConcurrencyLimit(),
        idleTimeout: Duration = .seconds(30),
        onServerRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        let executors = EventLoopExecutors()
        return Application(
            router: router(store),
            server: HTTPServerBuilder { responder in
                let http1 = LoopBoundChannel(
                    http1: HTTP1Channel(
                        responder: responder,
                        configuration: .init(
                            additionalChannelHandlers: [ContinueHandler()],
                            idleTimeout: TimeAmount(idleTimeout),
                            httpDecoderConfiguration: .init(
                                maxHeaderFieldSize: 8 * 1024,
                                maxHeaderListSize: 16 * 1024,
                                maxHeaderFieldCount: 100
                            )
                        )
                    ),
                    limit: limit,
                    executors: executors
                )
                guard let certificate else { return http1 }
                let http2 = HTTP2Channel(
                    responder: responder,
                    configuration: .init(
                        idleTimeout: idleTimeout,
                        streamConfiguration: .init(
                            additionalChannelHandlers: [StreamHandler(limit), ContinueHandler()],
                            idleTimeout: TimeAmount(idleTimeout)
                        )
                    )
                )
                return try TLSChannel(
                    SecureChannel(http1: http1, http2: http2),
                    tlsConfiguration: certificate.configuration()
                )
            },
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                backlog: 1024,
                availableConnectionsDelegate: .maximum(connectionsMax, logger: logger)
            ),
            onServerRunning: { channel in await onServerRunning(channel.localAddress?.port ?? port) },
            logger: logger
        )
    }

    /// A path that exists and a method that it does not have is a 405 that lists the methods; OPTIONS lists them too.
    private static func answerWrongMethods(_ router: Router<StoreContext>) {
        var methods: [String: (path: RouterPath, known: Set<HTTPRequest.Method>)] = [:]
        for route in router.routes {
            methods[route.path.description, default: (route.path, [])].known.insert(route.method)
        }
        for (path, known) in methods.values {
            let allowed = known.contains(.get) ? known.union([.head]) : known
            let list = allowed.map(\.rawValue).sorted().joined(separator: ", ")
            let all: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete]
            for method in all where !allowed.contains(method) {
                router.on(path, method: method) { _, _ -> Response in
                    var problem = Problem(.methodNotAllowed)
                    problem.headers[.allow] = list
                    throw problem
                }
            }
            router.on(path, method: .options) { _, _ in
                Response(status: .noContent, headers: [.allow: "\(list), OPTIONS"])
            }
        }
    }
}
