package import Cart
package import Catalog
package import CivilTime
package import Commerce
package import Links
package import Orders
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
    package let staff: StaffStore
    let pages: GuidePages
    package let timeZones: TimeZoneDatabase
    package let settings: StoreSettings
    /// Tells the time; a test may tell it otherwise.
    package let now: @Sendable () -> Instant

    /// Opens the store on a database whose schema is up to date.
    package init(
        _ pool: Pool,
        keys: LinkKeys,
        settings: StoreSettings,
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
        pages = GuidePages(orders, publicURL: settings.publicURL)
    }
}
