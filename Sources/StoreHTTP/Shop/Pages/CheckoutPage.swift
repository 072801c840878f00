import HTTPTypes
import JSONFields
import StoreAPI
import UsageGuide

/// The last step before an order: who it is for, where it goes, how it is paid, and all of it once more.
struct CheckoutPage {
    private static let template = ShopPage.template("checkout", parts: "totals", "field")

    let shop: StoreBody
    let cart: CartBody
    let version: String
    /// What names one order, however often the form is sent.
    let key: String
    let country: StoreCountryBody
    let products: [ProductBody]
    let isSentUnpaid: Bool
    let legalTexts: [LegalTextBody]
    /// What was typed, and why it was not accepted.
    var form: CheckoutForm?
    var problem: Problem?

    func page(_ words: ShopWords) -> ShopPage {
        let faults = faults(words)
        let title = words.text(.checkout)
        var values: [String: Any] = [
            "path": ShopPath.cart(cart.id), "key": key, "version": version,
            "amount": "\(cart.totals.total.amount)", "currency": cart.currency,
            "contact": [
                field("name", .name, "name", max: 200, faults, words),
                field("email", .email, "email", max: 254, type: "email", hint: .emailHint, faults, words),
                field("phone", .phone, "tel", max: 40, type: "tel", isOptional: true, hint: .phoneHint, faults, words),
            ],
            "addressFields": addressFields(faults, words),
            "country": [cart.region, country.name].compactMap(\.self).joined(separator: ", "),
            "methods": methods(words), "items": items(words), "consents": consents(words),
            "arrival": words.arrival(cart.deliveryOptions) ?? false, "course": course(words), "warning": false,
            "legal": legal(words) ?? false,
        ]
        if problem != nil {
            values["warning"] = [
                "heading": words.text(.faultHeading),
                "list": faults.map { ["text": $0.text, "target": ShopPage.lines($0.target)] },
            ]
        }
        values.merge(words.sums(cart.totals)) { $1 }
        return ShopPage(
            template: Self.template,
            title: problem == nil ? title : words.text(.titleFault, ["title": title]),
            values: values,
            place: .cart(count: cart.items.reduce(0) { $0 + $1.quantity }),
            status: problem?.type.status ?? .ok,
            currency: cart.currency
        )
    }

    // MARK: - Lines

    private func field(
        _ name: String,
        _ label: ShopSentence,
        _ autocomplete: String,
        max: Int,
        type: String = "text",
        isOptional: Bool = false,
        hint: ShopSentence? = nil,
        options: [[String: Any]] = [],
        value: String? = nil,
        _ faults: [Fault],
        _ words: ShopWords
    ) -> [String: Any] {
        let fault = faults.first { $0.target == name }
        return [
            "name": name, "label": words.text(label), "type": type, "max": "\(max)", "autocomplete": autocomplete,
            "value": form?[name] ?? value ?? "", "isOptional": isOptional, "isWrong": fault != nil,
            "fault": fault?.text ?? "", "hint": hint.map { words.text($0) } ?? false,
            "list": options.isEmpty ? false : ["options": options],
        ]
    }

    private func addressFields(_ faults: [Fault], _ words: ShopWords) -> [[String: Any]] {
        country.addressFields.map { line in
            switch line.name {
            case "line1": field("line1", .line1, "address-line1", max: 200, faults, words)
            case "line2": field("line2", .line2, "address-line2", max: 200, isOptional: true, faults, words)
            case "city": field("city", .city, "address-level2", max: 100, faults, words)
            case "region":
                field(
                    "region",
                    regionLabel(line.term),
                    "address-level1",
                    max: 100,
                    isOptional: !line.required,
                    options: country.options(chosen: form?["region"] ?? cart.region),
                    value: cart.region,
                    faults,
                    words
                )
            default: field("postalCode", postalLabel(line.term), "postal-code", max: 20, faults, words)
            }
        }
    }

    private func regionLabel(_ term: String) -> ShopSentence {
        switch term {
        case "state": .regionState
        case "province": .regionProvince
        case "county": .regionCounty
        case "prefecture": .regionPrefecture
        default: .region
        }
    }

    private func postalLabel(_ term: String) -> ShopSentence {
        switch term {
        case "postcode": .postalPostcode
        case "zip": .postalZip
        case "eircode": .postalEircode
        case "pin": .postalPin
        default: .postalCode
        }
    }

    // MARK: - What is ordered

    private var names: [String: String] { cart.names(products) }

    private func items(_ words: ShopWords) -> [[String: Any]] {
        cart.items.map { item in
            let includes = item.includes.filter { $0.available > 0 }.map(\.name).joined(separator: ", ")
            return [
                "quantity": "\(item.quantity)", "name": item.name, "amount": item.total.map(words.price) ?? "",
                "includes": includes.isEmpty ? false : words.text(.itemIncludes, ["products": includes]),
            ]
        }
    }

    private func course(_ words: ShopWords) -> String {
        let dates = cart.course?.sessions.map { words.date($0, .dateShort) } ?? []
        return dates.isEmpty
            ? words.text(.orderNoSessions) : words.text(.orderSessions, ["dates": dates.joined(separator: ", ")])
    }

    /// What the order is placed under: of each kind the text of its country, or else everybody's.
    private func legal(_ words: ShopWords) -> [String: Any]? {
        let kinds: [(String, ShopSentence)] = [("terms", .legalTerms), ("withdrawal", .legalWithdrawal)]
        let list = kinds.compactMap { kind, name -> [String: Any]? in
            let known = legalTexts.filter { $0.kind == kind }
            let own = known.filter { $0.country == country.code }
            let meant = own.isEmpty ? known.filter { $0.country == nil } : own
            let text = meant.first { $0.language == words.guide.language } ?? meant.first
            return text.map { ["address": $0.path, "text": words.text(name)] }
        }
        return list.isEmpty ? nil : ["list": list]
    }

    private func methods(_ words: ShopWords) -> [[String: Any]] {
        let isInvoiceOnly = cart.notices.contains { $0.code == "invoiceOnly" }
        // A card first: what is paid can leave.
        let offered = shop.paymentMethods.filter { $0 == "invoice" || !isInvoiceOnly }
            .sorted { $0 != "invoice" && $1 == "invoice" }
        let chosen = form.map(\.method).flatMap { offered.contains($0) ? $0 : nil } ?? offered.first
        return offered.map { method in
            let isInvoice = method == "invoice"
            let hint: ShopSentence =
                isInvoice ? (isSentUnpaid ? .payInvoiceSentHint : .payInvoiceHint) : .payStripeHint
            return [
                "code": method, "name": words.text(isInvoice ? .payInvoice : .payStripe), "hint": words.text(hint),
                "isChosen": method == chosen,
            ]
        }
    }

    private func consents(_ words: ShopWords) -> [[String: Any]] {
        cart.notices.filter { ["sampleMissing", "late"].contains($0.code) }.map { notice in
            [
                "code": notice.code, "text": words.friendly(notice.detail, names: names),
                "isChecked": form?.accepted.contains(notice.code) == true,
            ]
        }
    }

    // MARK: - What is wrong

    private struct Fault {
        let text: String
        /// The field's name on the page.
        var target: String?
    }

    private func faults(_ words: ShopWords) -> [Fault] {
        guard let problem else { return [] }
        switch problem.type {
        case .priceChanged:
            let totals = problem.totals
            return [
                Fault(
                    text: words.text(
                        .faultPrice,
                        [
                            "old": totals.map { words.money($0.old) } ?? "",
                            "new": totals.map { words.money($0.new) } ?? "",
                        ]
                    )
                )
            ]
        case .outOfStock:
            let detail = words.friendly(problem.detail, names: names)
            return [
                Fault(text: words.text(.faultStock, ["detail": detail])), Fault(text: words.text(.faultStockDo)),
            ]
        case .notAccepted:
            let missing = cart.notices.first {
                ["sampleMissing", "late"].contains($0.code) && form?.accepted.contains($0.code) != true
            }
            return [Fault(text: words.text(.faultConsent), target: missing.map { "accept-\($0.code)" })]
        case .cartChanged: return [Fault(text: words.text(.faultCart))]
        case .requestInFlight, .unavailable: return [Fault(text: words.text(.faultBusy))]
        case .invalidRequest where problem.errors?.isEmpty == false:
            return (problem.errors ?? []).map { fault($0.pointer, $0.detail, words) }
        default: return [Fault(text: words.friendly(problem.detail, names: names))]
        }
    }

    private func fault(_ pointer: String, _ detail: String, _ words: ShopWords) -> Fault {
        let parts = pointer.split(separator: "/").map(String.init)
        guard let name = parts.last else { return Fault(text: detail) }
        if parts.first == "payment" { return Fault(text: words.text(.faultPayment), target: "method") }
        guard ["customer", "shippingAddress"].contains(parts.first), CheckoutForm.lineNames.contains(name) else {
            return Fault(text: words.friendly(detail, names: names))
        }
        let isBlank = form.map { $0[name].allSatisfy(\.isWhitespace) } ?? true
        let label = words.text(label(name))
        if isBlank { return Fault(text: words.text(.faultRequired, ["field": label]), target: name) }
        if name == "email" { return Fault(text: words.text(.faultEmail), target: name) }
        if name == "region", cart.region != nil {
            return Fault(text: words.text(.faultRegion, ["field": label]), target: name)
        }
        return Fault(text: words.text(.faultLine, ["field": label]), target: name)
    }

    private func label(_ name: String) -> ShopSentence {
        func term(_ name: String) -> String { country.addressFields.first { $0.name == name }?.term ?? "" }
        return switch name {
        case "name": .name
        case "email": .email
        case "phone": .phone
        case "line1": .line1
        case "line2": .line2
        case "city": .city
        case "region": regionLabel(term("region"))
        default: postalLabel(term("postalCode"))
        }
    }
}
