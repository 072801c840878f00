import Commerce
import GuideFormats
import HTTPTypes
import Hummingbird
import StoreAPI
import UsageGuide

/// A page of the storefront: a body in the frame that all of them share.
struct ShopPage {
    /// The body's template with everything that it is set into.
    /// - Parameters:
    ///   - name: of the file of the body.
    ///   - parts: files that several bodies are made of; `<!-- NAME -->` marks where each goes.
    static func template(_ name: String, parts: String...) -> HTMLTemplate {
        let body = Embedded.text("\(name).mustache")
        var source = Embedded.text("shop.mustache").replacing("<!-- page -->", with: body)
            .replacing("<!-- pictures -->", with: Embedded.text("pictures.svg"))
        for part in parts { source.replace("<!-- \(part) -->", with: Embedded.text("\(part).mustache")) }
        let style = OrderPage.style + Embedded.text("shop.css")
        return HTMLTemplate(source, style: style, sendsForms: true, hasModule: true)
    }

    /// Where in the shop it is.
    enum Place {
        case kit
        case cart(count: Int)
        case elsewhere
    }

    let template: HTMLTemplate
    let title: String
    let values: [String: Any]
    var place = Place.elsewhere
    var status = HTTPResponse.Status.ok
    /// Whether it is for one person alone.
    var isPersonal = true
    /// The photographs that it shows.
    var photographs: [Photograph] = []
    /// The price list that its links lead on to.
    var currency: String?

    /// - Parameters:
    ///   - shop: what the API says of the shop; nil where it could not be asked.
    ///   - request: what the page answers.
    func made(_ words: ShopWords, shop: StoreBody?, for request: Request) -> MadePage {
        let currency = currency ?? shop?.currency ?? ""
        let isListed = !isPersonal && shop?.demo == false
        var values = values
        values["words"] = words.plain
        values["language"] = words.guide.language
        values["direction"] = words.guide.direction
        values["title"] = title
        values["isHidden"] = !isListed
        values["isDemo"] = shop?.demo == true
        values["home"] = currency == shop?.currency ? "/" : "/?currency=\(currency)"
        values["disclaimer"] = words.guide.text(.disclaimer)
        values["seller"] = shop?.seller.map {
            [
                "name": $0.name, "address": $0.addressLines.joined(separator: ", "), "email": $0.email ?? false,
                "taxNumber": $0.taxNumber ?? false,
            ] as [String: Any]
        }
        switch place {
        case .kit:
            values["isKit"] = true
            let currencies = shop?.currencies ?? []
            values["currencies"] =
                currencies.count < 2
                ? [] : currencies.map { ["address": "/?currency=\($0)", "text": $0, "isCurrent": $0 == currency] }
        case .cart(let count):
            values["isCart"] = true
            if count > 0 { values["cartCount"] = "\(count)" }
        case .elsewhere: break
        }
        if request.method == .post { values["page"] = ShopPath.page(of: request) }
        if shop != nil { values["how"] = HowPage.address(of: request) }
        var answer = PageAnswer(html: template.render(values), template)
        answer.isPersonal = isPersonal
        answer.imageHosts = Set(photographs.map(\.host))
        answer.isListed = isListed
        return MadePage(answer: answer, status: status)
    }

    /// The drawing of a product, by its code: those of the regimen have one each.
    static func picture(_ sku: String, isKit: Bool = false) -> String {
        if isKit { return "kit" }
        return Regimen.current.products.first { $0.sku.rawValue == sku }.map { icon($0.use) } ?? "plain"
    }

    static func icon(_ use: Regimen.Use) -> String {
        switch use {
        case .ointment: "ointment"
        case .wash: "wash"
        case .lotion: "lotion"
        case .zeroShine: "matt"
        }
    }

    /// A template's way to have one more line, or none.
    static func lines(_ text: String?) -> Any { text ?? false }
}

/// A page of the storefront as it is sent.
struct MadePage: Sendable {
    let answer: PageAnswer
    let status: HTTPResponse.Status

    func response(to request: Request) -> Response { answer.response(to: request, status: status) }
}

extension ShopWords {
    func stock(_ product: ProductBody) -> String {
        switch product.availability.status {
        case .inStock: return text(.stockIn)
        case .lowStock: return text(.stockLow)
        default:
            guard let missing = product.contents.first(where: { $0.sku == product.availability.limitedBy }) else {
                return text(.stockOut)
            }
            return text(.stockOutPart, ["product": missing.name])
        }
    }

    /// That something can't be given back once it is unsealed, as a template's line; none where that holds of nothing.
    func seal(_ product: ProductBody?) -> Any { product?.sealed == true ? text(.productSealed) : false }

    /// The tax in or on a price, and what delivery costs at the least: a price alone says too little.
    func terms(_ quote: QuoteBody, country: StoreCountryBody) -> String {
        let least = quote.deliveryOptions.map(\.price).min { $0.amount < $1.amount }
        let delivery =
            least.map { $0.amount == 0 ? text(.deliveryFree) : text(.deliveryFrom, ["price": money($0)]) }
            ?? text(.deliveryNone)
        let totals = quote.totals
        let values = ["country": country.name, "delivery": delivery]
        if !totals.taxIncluded, totals.tax.amount > 0 {
            return text(.taxAdded, values.merging(["tax": money(totals.tax)]) { $1 })
        }
        return text(totals.taxIncluded && totals.tax.amount > 0 ? .taxIncluded : .taxNone, values)
    }

    /// A way to the customer, as a list shows it.
    func delivery(_ option: DeliveryOptionBody) -> [String: Any] {
        [
            "code": option.code, "name": option.name, "price": price(option.price), "arrives": days(option.arrives),
            "isChosen": option.chosen,
            "verdict": verdict(option).map { ["code": option.verdict ?? "", "text": text($0)] } ?? false,
        ]
    }

    private func verdict(_ option: DeliveryOptionBody) -> ShopSentence? {
        switch option.verdict {
        case "inTime": .verdictInTime
        case "tight": .verdictTight
        case "late": .verdictLate
        default: nil
        }
    }

    /// When the chosen way arrives, against the next session.
    func arrival(_ options: [DeliveryOptionBody]) -> [String: Any]? {
        guard let option = options.first(where: \.chosen) else { return nil }
        let sentence: ShopSentence =
            switch option.verdict {
            case "inTime": .arrivalInTime
            case "tight": .arrivalTight
            case "late": .arrivalLate
            default: .arrival
            }
        return ["verdict": option.verdict ?? "open", "text": text(sentence, ["days": days(option.arrives)])]
    }

    /// The sums of a cart, line by line.
    func sums(_ totals: TotalsBody) -> [String: Any] {
        var sums = [(ShopSentence.sumItems, money(totals.items))]
        if totals.discount.amount > 0 { sums.append((.sumDiscount, "− " + money(totals.discount))) }
        sums.append((.sumShipping, price(totals.shipping)))
        if !totals.taxIncluded, totals.tax.amount > 0 { sums.append((.sumTax, money(totals.tax))) }
        let lines = sums.map { ["label": text($0.0), "amount": $0.1, "isTotal": false] as [String: Any] }
        let total = ["label": text(.total), "amount": money(totals.total), "isTotal": true] as [String: Any]
        let isIncluded = totals.taxIncluded && totals.tax.amount > 0
        return [
            "sums": lines + [total],
            "taxIncluded": isIncluded ? text(.sumTaxIncluded, ["amount": money(totals.tax)]) : false,
        ]
    }
}
