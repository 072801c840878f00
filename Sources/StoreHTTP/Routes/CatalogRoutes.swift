import Catalog
import Commerce
import Hummingbird
import StoreAPI

/// What is sold.
struct CatalogRoutes: Sendable {
    let store: Store

    func add(to router: Router<StoreContext>) {
        router.get("/v1/products") { request, _ in
            let (catalog, stock, currency) = try await window(request)
            let products = catalog.listed(in: currency).compactMap { product in
                catalog.price(of: product.sku, in: currency).map {
                    ProductBody(product, price: $0, catalog: catalog, stock: stock)
                }
            }
            return try Response.json(ProductListBody(data: products, next: nil))
        }
        router.get("/v1/products/{sku}") { request, context in
            let (catalog, stock, currency) = try await window(request)
            guard let sku = context.parameters.get("sku").flatMap(SKU.init(rawValue:)),
                let product = catalog.product(sku), let price = catalog.price(of: sku, in: currency)
            else { throw Problem(.notFound) }
            return try Response.json(ProductBody(product, price: price, catalog: catalog, stock: stock))
        }
    }

    private func window(_ request: Request) async throws -> (Catalog, StockLevels, Currency) {
        try request.checkQuery("currency")
        let (catalog, stock) = try await store.catalogs.window()
        guard let code = request.uri.queryParameters.get("currency") else {
            return (catalog, stock, store.settings.currency)
        }
        guard let currency = Currency(rawValue: code), catalog.sells(in: currency) else {
            throw Problem("/currency", "unknownCurrency", "The shop has no price list in this currency.")
        }
        return (catalog, stock, currency)
    }
}
