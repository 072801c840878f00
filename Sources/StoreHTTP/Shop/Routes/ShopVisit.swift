import Encodings
import HTTPTypes
import Hummingbird
import StoreAPI

/// What all pages of the storefront are made with.
struct Storefront: Sendable {
    let store: Store
    /// The routes of the API that it asks.
    let api: RouterResponder<StoreContext>

    func visit(_ request: Request, _ context: StoreContext) -> ShopVisit {
        ShopVisit(store: store, request: request, context: context, api: APIConversation(api, context))
    }
}

/// One request to the storefront: what it asks the API, and how it is answered.
struct ShopVisit: Sendable {
    let store: Store
    let request: Request
    let context: StoreContext
    var api: APIConversation

    var words: ShopWords { ShopWords.all[0] }

    /// The API's path of a cart.
    static func resource(_ cart: String) -> String { "/v1/carts/\(cart.percentEncoded)" }

    /// The cart that the path names.
    var cart: String { context.parameters.get("cart") ?? "" }

    private static let cookie = "cart"

    /// The cart that this browser remembers.
    var ownCart: String? { request.cookie(Self.cookie).flatMap { $0.isEmpty ? nil : $0 } }

    /// The price list and the country of whoever has no cart yet: those that they name, where the shop has them.
    func place(
        _ fields: FormFields,
        _ shop: StoreBody
    ) throws -> (currency: String, country: StoreCountryBody) {
        let currency = fields["currency"].flatMap { shop.currencies.contains($0) ? $0 : nil } ?? shop.currency
        func country(_ code: some StringProtocol) -> StoreCountryBody? { shop.countries.first { $0.code == code } }
        // Most currencies begin with the code of their country.
        let chosen = fields["country"].flatMap { country($0) } ?? country(currency.prefix(2)) ?? shop.countries.first
        guard let chosen else { throw Problem(.internalError) }
        return (currency, chosen)
    }

    // MARK: - Answers

    /// The page, or how it came about.
    func made(_ page: ShopPage, _ shop: StoreBody) -> MadePage {
        let page = HowPage.isAsked(request) ? HowPage.page(api.exchanges, words, of: request) : page
        return page.made(words, shop: shop, for: request)
    }

    func answer(_ page: ShopPage, _ shop: StoreBody) -> Response { made(page, shop).response(to: request) }

    /// That a cart was ordered, with the way to its order: whoever changes such a cart is told it.
    mutating func ordered(_ cart: CartBody, _ shop: StoreBody, status: HTTPResponse.Status) async throws -> Response {
        do {
            _ = try await api.send(
                .put,
                Self.resource(cart.id),
                ChoiceRequest(cart),
                [.ifMatch: "*"],
                as: CartBody.self
            )
            throw Problem(.internalError)
        } catch let problem as Problem where problem.type == .alreadyOrdered {
            let order = problem.order?.split(separator: "/").last.map { "/o/\($0)" } ?? "/"
            return answer(ShopMessage.ordered(order, words, status: status), shop)
        }
    }

    /// Leads on to another page.
    /// - Parameter cookie: the cart that the browser is to remember, or an empty text for none.
    func seeOther(_ path: String, cookie: String? = nil) -> Response {
        var response = Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
        if let cookie { remember(cookie, in: &response) }
        return response
    }

    /// Has the browser remember a cart, or forget it.
    func remember(_ cart: String, in response: inout Response) {
        let age = cart.isEmpty ? 0 : store.settings.cartLifetime.components.seconds
        let isSecure = store.settings.publicURL.hasPrefix("https://")
        response.headers[.setCookie] =
            "\(Self.cookie)=\(cart); Path=/; Max-Age=\(age); HttpOnly; SameSite=Lax\(isSecure ? "; Secure" : "")"
    }
}
