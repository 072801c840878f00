package import Admission
package import Cart
package import Catalog
package import CivilTime
package import Commerce
package import Fulfilment
package import GuideFormats
package import Links
package import Logging
package import Orders
package import Payments
package import Personal
package import Postgres
package import Records
package import Reminders
package import Returns
package import Staff
package import Webhooks

/// What the shop owner sets, as far as HTTP is concerned.
package struct StoreSettings: Sendable {
    /// Where the store is reached from outside: absolute links start with it.
    package var publicURL: String
    /// Whether the shop is real.
    package var mode = InstallationMode.live
    /// The currency of a request that names none.
    package var currency: Currency
    /// The shop's own time zone.
    package var timeZone = "Europe/London"
    /// Browsers on these origins may call the API; `*` stands for all.
    package var corsOrigins: [String] = []
    /// Addresses of proxies whose X-Forwarded-For is believed.
    package var trustedProxies: Set<String> = []
    /// What is logged of each request.
    package var accessLog = AccessLog.requests
    /// Where mail is kept that goes nowhere, to be looked at by whoever works on this machine; nil where mail leaves, or
    /// others may reach the store.
    package var shownMail: MailFolder?
    /// Where mail is kept that goes nowhere, on this machine; nil where mail leaves.
    package var keptMail: MailFolder?
    /// Where erasures are written down beside the database; nil for nowhere.
    package var erasures: ErasureList?
    /// Where they are written down once more, beside the backups: the other list is lost with the machine. Nil for nowhere.
    package var erasuresBesideBackups: ErasureList?
    /// How long what is personal is kept.
    package var retention = PersonalStore.Retention()
    /// How often one address may look for what a secret opens.
    package var callerRates = CallerRates()
    /// How long a cart lives after its last change.
    package var cartLifetime = Duration.seconds(30 * 24 * 3600)

    /// Whether the shop has a window at `/`: the storefront that comes with the store.
    package var hasStorefront = true
    /// What the shop prints on.
    package var paper = Paper.a4
    /// How long one print may take to be made.
    package var printTimeout = Duration.seconds(30)
    /// Whether an order is packed and sent before it is paid.
    package var shipsUnpaid = false
    /// How long a payment through a provider may take.
    package var paymentLimits = Payments.Limits()
    /// Whether each request is a step of a trace.
    package var isTraced = false
    /// The settings that were given, by their variables, for managers to see; nil for the value of a secret.
    package var shown: [(name: String, value: String?)] = []
    /// The last checkpoint of logs and ledger, and how many there are; nil where there is none.
    package var lastCheckpoint: @Sendable () throws -> (at: Instant, count: Int)? = { nil }
    /// Whether webhooks may lead into the shop's own network, without TLS too.
    package var allowsPrivateWebhooks = false
    /// How long one attempt to tell an endpoint may take, answer included.
    package var webhookPatience = Duration.seconds(15)

    /// The words by which customers agree to offers; nil where an offer has no shop to lead to.
    var offers: OfferWording? { hasStorefront ? OfferWording.current : nil }
    /// Whether the shop is for trying things out.
    var isTest: Bool { mode == .test }

    package init(publicURL: String, currency: Currency) {
        self.publicURL = publicURL
        self.currency = currency
    }
}

/// Everything that the routes serve from.
package struct Store: Sendable {
    package let pool: Pool
    package let keys: LinkKeys
    package let catalogs: CatalogStore
    package let carts: CartStore
    package let orders: OrderStore
    package let feed: OrderFeed
    package let checkout: Checkout
    package let payments: Payments
    package let fulfilment: FulfilmentStore
    package let returns: ReturnStore
    package let personal: PersonalStore
    package let reminders: ReminderStore
    package let staff: StaffStore
    package let stock: StockStore
    package let webhooks: WebhookStore
    package let storefronts: StorefrontKeyStore
    package let rates: RateLimiter
    package let webhookSender: WebhookSender
    let pages: GuidePages
    let printer: PDFPrinter
    /// Whether this server wants to be asked.
    package let readiness = Readiness()
    package let timeZones: TimeZoneDatabase
    package let settings: StoreSettings
    /// Tells the time; a test may tell it otherwise.
    package let now: @Sendable () -> Instant

    /// Opens the store on a database whose schema is up to date.
    /// - Parameters:
    ///   - provider: who takes money for the shop; nil where it takes invoices only.
    ///   - isOnlyLooking: whether the database is not told what this server is set to.
    package init(
        _ pool: Pool,
        keys: LinkKeys,
        settings: StoreSettings,
        provider: (any PaymentProvider)? = nil,
        logger: Logger = Logger(label: "aftercare"),
        isOnlyLooking: Bool = false,
        now: @escaping @Sendable () -> Instant = Instant.now
    ) async throws {
        self.pool = pool
        self.keys = keys
        self.settings = settings
        self.now = now
        if isOnlyLooking {
            try await InstallationMode.compare(settings.mode, with: pool)
        } else {
            try await InstallationMode.agree(on: settings.mode, with: pool)
        }
        timeZones = try TimeZoneDatabase()
        catalogs = CatalogStore(pool)
        staff = StaffStore(pool)
        stock = StockStore(pool)
        carts = CartStore(pool, keys: keys, lifetime: settings.cartLifetime)
        orders = try await OrderStore(
            pool,
            keys: keys,
            timeZones: timeZones,
            catalogs: catalogs,
            shopTimeZone: settings.timeZone
        )
        rates = RateLimiter(pool, keyed: orders.keyed)
        feed = OrderFeed(orders)
        storefronts = try await StorefrontKeyStore(pool)
        webhooks = WebhookStore(orders, keys: keys)
        returns = ReturnStore(orders)
        webhookSender = WebhookSender(
            allowsPrivate: settings.allowsPrivateWebhooks,
            patience: settings.webhookPatience
        )
        checkout = Checkout(orders, alongside: MarketingConsent.statements)
        payments = Payments(
            orders,
            installation: try await Installation.read(pool),
            provider: provider,
            publicURL: settings.publicURL,
            limits: settings.paymentLimits,
            logger: logger
        )
        personal = PersonalStore(orders)
        fulfilment = FulfilmentStore(orders, shipsUnpaid: settings.shipsUnpaid)
        reminders = ReminderStore(orders, makesOffers: settings.hasStorefront)
        pages = GuidePages(orders, publicURL: settings.publicURL, paper: settings.paper)
        printer = PDFPrinter(settings)
    }

    /// The shop's date at an instant.
    func shopDay(_ instant: Instant) -> CalendarDate {
        timeZones.rules(for: settings.timeZone)?.date(at: instant) ?? instant.date
    }

    /// When a day of the shop's begins.
    func dayStart(_ day: CalendarDate) -> Instant {
        timeZones.rules(for: settings.timeZone)?.instant(on: day, hour: 0)
            ?? Instant(microsecondsSince1970: Int64(day.daysSince1970) * 86_400_000_000)
    }

    /// The file that a version of the catalog was loaded from, or the newest; nil where there is none.
    func catalogFile(version: Int64?) async throws -> (version: Int64, document: [UInt8])? {
        try await pool.read(CatalogFile.stored(version: version))
    }

    /// What a catalog file would change, held against what is in force and what open orders and carts use of it.
    func catalogPlan(for file: CatalogFile) async throws -> CatalogPlan {
        let (stored, openOrders, carts) = try await pool.read(
            CatalogFile.stored(version: nil),
            OpenOrders.byShippingMethod,
            CartStore.uses(now: now())
        )
        return try file.plan(
            against: try await catalogs.current(),
            stored: stored,
            use: CatalogUse(openOrders: openOrders, carts: carts)
        )
    }

    /// What a choice comes to now, and by which catalog.
    func quote(_ choice: Choice) async throws -> (Quote, Catalog) {
        let (catalog, stock) = try await catalogs.shown()
        let moment = orders.moment(choice.course, now: now())
        return (Quote(choice, catalog: catalog, stock: stock, moment: moment), catalog)
    }

    /// Gives back at once what an act has just decided to give back. Where that fails it is done later, by whoever comes
    /// to it: the decision stands.
    func sendRefunds(of order: Order) async {
        guard order.details.paymentMethod != .invoice else { return }
        try? await payments.sendRefunds(of: order, now: now())
    }
}
