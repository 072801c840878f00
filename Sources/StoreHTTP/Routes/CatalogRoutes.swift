import Catalog
import Commerce
import HTTPTypes
import Hummingbird
import NIOCore
import StoreAPI
import Synchronization

/// What is sold.
struct CatalogRoutes: Sendable {
    let store: Store
    private let lists = CatalogLists()

    init(store: Store) { self.store = store }

    func add(to router: Router<StoreContext>) {
        router.get("/v1/products") { request, _ in
            let (catalog, stock, currency) = try await window(request)
            return try lists.answer(catalog, stock, currency)
        }
        router.get("/v1/products/{sku}") { request, context in
            let (catalog, stock, currency) = try await window(request)
            guard let sku = context.parameters.get("sku").flatMap(SKU.init(rawValue:)),
                let product = catalog.product(sku), let price = catalog.price(of: sku, in: currency)
            else { throw Problem(.notFound) }
            return Response.json(ProductBody(product, price: price, catalog: catalog, stock: stock))
        }
    }

    private func window(_ request: Request) async throws -> (Catalog, StockLevels, Currency) {
        try request.checkQuery("currency")
        let (catalog, stock) = try await store.catalogs.shown()
        guard let code = request.uri.queryParameters.get("currency") else {
            return (catalog, stock, store.settings.currency)
        }
        guard let currency = Currency(rawValue: code), catalog.sells(in: currency) else {
            throw Problem("/currency", "unknownCurrency", "The shop has no price list in this currency.")
        }
        return (catalog, stock, currency)
    }
}

/// Each price list as it was written last: the same for everybody until the catalog or the stock moves.
private final class CatalogLists: Sendable {
    private struct List {
        let version: Int64
        let stock: StockLevels
        let text: ByteBuffer
    }

    private let kept = Mutex<[Currency: List]>([:])

    func answer(_ catalog: Catalog, _ stock: StockLevels, _ currency: Currency) throws -> Response {
        let text: ByteBuffer
        if let list = kept.withLock({ $0[currency] }), list.version == catalog.version, list.stock == stock {
            text = list.text
        } else {
            text = try write(catalog, stock, currency)
            kept.withLock { $0[currency] = List(version: catalog.version, stock: stock, text: text) }
        }
        return Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: text)
        )
    }

    private func write(_ catalog: Catalog, _ stock: StockLevels, _ currency: Currency) throws -> ByteBuffer {
        let products = catalog.listed(in: currency).compactMap { product in
            catalog.price(of: product.sku, in: currency).map {
                ProductBody(product, price: $0, catalog: catalog, stock: stock)
            }
        }
        return ByteBuffer(bytes: JSONWriter.bytes(ProductListBody(data: products, next: nil)))
    }
}
