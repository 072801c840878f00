import Admission
import Cart
import Catalog
import CivilTime
import Commerce
import HTTPTypes
import Hummingbird
import JSONFields
import Links
import Orders
import Records
import StoreAPI
import UsageGuide

/// Carts: made, read, replaced, changed line by line, removed.
struct CartRoutes: Sendable {
    let store: Store

    /// - Parameter gated: where carts are made, by storefronts alone. What is made is opened by its capability.
    func add(to router: Router<StoreContext>, making gated: RouterGroup<StoreContext>) {
        let gated = gated.group().add(middleware: MinimalAnswer())
        let changes = router.group().add(middleware: MinimalAnswer())
        gated.post("/v1/carts") { request, context in try await create(request, context) }
        router.get("/v1/carts/{cart}") { _, context in try await read(store.link(.cart, context)) }
        changes.put("/v1/carts/{cart}") { request, context in
            let bytes = try await request.jsonBytes()
            let choice = try await reading(context) { reader in try Fields.request(bytes, reader.choice) }
            return try await replace(store.link(.cart, context), with: choice, versions: request.requiredVersions())
        }
        router.delete("/v1/carts/{cart}") { request, context in
            let link = try store.link(.cart, context)
            let change = try await store.carts.delete(link, versions: request.requiredVersions(), now: store.now())
            _ = try await cart(link, of: change)
            return Response(status: .noContent)
        }
        changes.put("/v1/carts/{cart}/items/{sku}") { request, context in
            let bytes = try await request.jsonBytes()
            let code = context.parameters.get("sku") ?? ""
            return try await edit(request, context) { choice in
                try await reading(context) { reader in
                    guard let product = reader.product(code, currency: choice.currency) else {
                        throw Problem(
                            "/sku",
                            "unknownProduct",
                            reader.notSold(in: choice.currency)
                        )
                    }
                    let quantity = try Fields.request(bytes) { reader.quantity($0, of: product) }
                    var choice = choice
                    choice.set(product.sku, quantity: quantity)
                    guard choice.items.count <= Choice.itemsMax else {
                        throw Problem("/items", "tooMany", "A cart has at most \(Choice.itemsMax) lines.")
                    }
                    return choice
                }
            }
        }
        changes.delete("/v1/carts/{cart}/items/{sku}") { request, context in
            try await edit(request, context) { choice in
                guard let sku = context.parameters.get("sku").flatMap(SKU.init(rawValue:)), choice.quantity(of: sku) > 0
                else { throw Problem(.notFound, "The cart has no line of this product.") }
                var choice = choice
                choice.items.removeAll { $0.sku == sku }
                return choice
            }
        }
        changes.put("/v1/carts/{cart}/course") { request, context in
            let bytes = try await request.jsonBytes()
            return try await edit(request, context) { choice in
                try await reading(context) { reader in
                    var choice = choice
                    choice.course = try Fields.request(bytes, reader.course)
                    return choice
                }
            }
        }
        changes.delete("/v1/carts/{cart}/course") { request, context in
            try await edit(request, context) { choice in
                var choice = choice
                choice.course = nil
                return choice
            }
        }
    }

    // MARK: -

    private func create(_ request: Request, _ context: StoreContext) async throws -> Response {
        let key = try request.idempotencyKey()
        let bytes = try await request.jsonBytes(isOptional: true)
        let choice = try await reading(context) { reader in try Fields.request(bytes, reader.choice) }
        let creationKey = key.map { key in
            IdempotencyKey(
                scope: hash("POST /v1/carts", store.settings.callerAddress(request, context), key),
                fingerprint: hash(String(decoding: bytes, as: UTF8.self))
            )
        }
        guard let (link, cart) = try await store.carts.create(choice, key: creationKey, now: store.now()) else {
            throw Problem(.expired, "The cart that this key made is gone; make a new one under a new key.")
        }
        let pricing = choice.discountCodes.isEmpty ? nil : try await store.pricing(link).1
        var response = try await store.answer(link, cart, pricing: pricing)
        response.status = .created
        response.headers[.location] = StorePath.cart(link.token)
        return response
    }

    private func read(_ link: Link) async throws -> Response {
        let (found, pricing) = try await store.pricing(link)
        guard let cart = found else { throw Problem(.notFound) }
        guard cart.expiresAt > store.now() else { throw Problem(.expired, "This cart has expired; make a new one.") }
        return try await store.answer(link, cart, pricing: pricing)
    }

    /// Reads the cart, changes its choice, and writes it back unless somebody else was first.
    private func edit(
        _ request: Request,
        _ context: StoreContext,
        _ change: (Choice) async throws -> Choice
    ) async throws -> Response {
        let link = try store.link(.cart, context)
        let versions = try request.requiredVersions()
        guard let cart = try await store.carts.cart(link) else { throw Problem(.notFound) }
        if cart.isOrdered { throw try await store.alreadyOrdered(link) }
        if cart.expiresAt <= store.now() { throw Problem(.expired, "This cart has expired; make a new one.") }
        if let versions, !versions.contains(cart.version) { throw try await store.cartChanged(link, cart) }
        return try await replace(link, with: change(cart.choice), versions: [cart.version])
    }

    private func replace(_ link: Link, with choice: Choice, versions: Set<Int>?) async throws -> Response {
        let (change, pricing) = try await store.carts.replace(
            link,
            with: choice,
            versions: versions,
            redemptions: store.checkout.redemptions(ofCart: link.target.id),
            now: store.now()
        )
        return try await store.answer(link, cart(link, of: change), pricing: pricing)
    }

    private func cart(_ link: Link, of change: CartStore.Change) async throws -> Cart {
        switch change {
        case .done(let cart): return cart
        case .conflict(let cart): throw try await store.cartChanged(link, cart)
        case .ordered: throw try await store.alreadyOrdered(link)
        case .expired: throw Problem(.expired, "This cart has expired; make a new one.")
        case .unknown: throw Problem(.notFound)
        }
    }

    /// Reads a document with the catalog in memory, and once more with the newest one where that may be why it failed.
    private func reading<Value>(
        _ context: StoreContext,
        _ read: (ChoiceReader) throws -> Value
    ) async throws -> Value {
        let known = try await store.catalogs.lastSeen()
        do {
            return try read(store.choiceReader(known, context))
        } catch {
            let newest = try await store.catalogs.current()
            if newest.version == known.version { throw error }
            return try read(store.choiceReader(newest, context))
        }
    }
}

extension Store {
    /// What reads a shopper's choices as they are possible now.
    /// - Parameter context: of a request that may name neither currency nor country; nil where that makes no difference.
    func choiceReader(_ catalog: Catalog, _ context: StoreContext? = nil) -> ChoiceReader {
        ChoiceReader(
            catalog: catalog,
            timeZones: timeZones,
            now: now(),
            defaultCurrency: context.map(currency) ?? settings.currency,
            defaultCountry: context?.storefront?.country
        )
    }

    /// The currency of a request that names none: that of the storefront that asks, or the shop's.
    func currency(_ context: StoreContext) -> Currency { context.storefront?.currency ?? settings.currency }

    /// The cart that a link opens, and what it is priced from.
    func pricing(_ link: Link) async throws -> (Cart?, CartStore.Pricing) {
        try await carts.cart(link, redemptions: checkout.redemptions(ofCart: link.target.id))
    }

    /// A cart as it is shown.
    /// - Parameter pricing: what it is priced from; nil for what was seen last, at most a second ago, and no codes.
    func body(_ link: Link, _ cart: Cart, pricing: CartStore.Pricing?) async throws -> CartBody {
        let (catalog, stock): (Catalog, StockLevels)
        if let pricing {
            (catalog, stock) = (try await catalogs.catalog(version: pricing.catalogVersion), pricing.stock)
        } else {
            (catalog, stock) = try await catalogs.shown()
        }
        let quote = Quote(
            cart.choice,
            catalog: catalog,
            stock: stock,
            moment: orders.moment(cart.choice.course, now: now()),
            redemptions: pricing?.redemptions ?? [:]
        )
        return body(link.token, cart, quote, catalog)
    }

    func answer(_ link: Link, _ cart: Cart, pricing: CartStore.Pricing?) async throws -> Response {
        Response.privateJSON(try await body(link, cart, pricing: pricing), version: cart.version)
    }

    /// The cart has another version than the client saw; the answer carries it as it stands.
    func cartChanged(_ link: Link, _ cart: Cart) async throws -> Problem {
        var problem = Problem(.cartChanged)
        problem.current = .cart(try await body(link, cart, pricing: try await pricing(link).1))
        problem.currentVersion = cart.version
        return problem
    }

    func alreadyOrdered(_ cart: Link) async throws -> Problem {
        var problem = Problem(.alreadyOrdered)
        problem.order = try await orders.order(from: cart).map { StorePath.order($0.token) }
        return problem
    }
}
