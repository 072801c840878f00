package import Cart
package import Catalog
package import CivilTime
package import Commerce
package import Links
package import Logging
package import Orders
package import Payments
package import Postgres
package import Staff

/// What the shop owner sets, as far as HTTP is concerned.
package struct StoreSettings: Sendable {
    /// Where the store is reached from outside: absolute links start with it.
    package var publicURL: String
    /// The currency of a request that names none.
    package var currency: Currency
    /// The shop's own time zone.
    package var timeZone = "Europe/London"
    /// Browsers on these origins may call the API; `*` stands for all.
    package var corsOrigins: [String] = []
    /// Addresses of proxies whose X-Forwarded-For is believed.
    package var trustedProxies: Set<String> = []
    /// How long a cart lives after its last change.
    package var cartLifetime = Duration.seconds(30 * 24 * 3600)

    /// How long a payment through a provider may take.
    package var paymentLimits = Payments.Limits()

    package init(publicURL: String, currency: Currency) {
        self.publicURL = publicURL
        self.currency = currency
    }
}

/// Everything that the routes serve from.
package struct Store: Sendable {
    package let pool: Pool
    package let catalogs: CatalogStore
    package let carts: CartStore
    package let orders: OrderStore
    package let payments: Payments
    package let staff: StaffStore
    let pages: GuidePages
    package let timeZones: TimeZoneDatabase
    package let settings: StoreSettings
    /// Tells the time; a test may tell it otherwise.
    package let now: @Sendable () -> Instant

    /// Opens the store on a database whose schema is up to date.
    /// - Parameter provider: who takes money for the shop; nil where it takes invoices only.
    package init(
        _ pool: Pool,
        keys: LinkKeys,
        settings: StoreSettings,
        provider: (any PaymentProvider)? = nil,
        logger: Logger = Logger(label: "aftercare"),
        now: @escaping @Sendable () -> Instant = Instant.now
    ) async throws {
        self.pool = pool
        self.settings = settings
        self.now = now
        timeZones = try TimeZoneDatabase()
        catalogs = CatalogStore(pool)
        staff = StaffStore(pool)
        carts = CartStore(pool, keys: keys, lifetime: settings.cartLifetime)
        orders = try await OrderStore(
            pool,
            keys: keys,
            timeZones: timeZones,
            catalogs: catalogs,
            shopTimeZone: settings.timeZone
        )
        payments = Payments(
            orders,
            provider: provider,
            publicURL: settings.publicURL,
            limits: settings.paymentLimits,
            logger: logger
        )
        pages = GuidePages(orders, publicURL: settings.publicURL)
    }

    /// The shop's date at an instant.
    func shopDay(_ instant: Instant) -> CalendarDate {
        timeZones.rules(for: settings.timeZone)?.date(at: instant) ?? instant.date
    }

    /// Gives back at once what an act has just decided to give back. Where that fails it is done later, by whoever comes
    /// to it: the decision stands.
    func sendRefunds(of order: Order) async {
        guard order.paymentMethod != .invoice else { return }
        try? await payments.sendRefunds(of: order, now: now())
    }
}
