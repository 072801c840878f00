import Catalog
import Commerce
import HTTPTypes
import JSONFields
import StoreAPI
import UsageGuide

/// A text that an order is placed under.
struct OrderTerm {
    let name: ShopSentence
    /// Where it can be read by itself.
    let address: String
    let text: String
}

extension OrderTerm {
    /// Of each kind the text of a country, or else everybody's, in the customer's language where there is one.
    static func meant(_ texts: [LegalTextBody], country: String, language: String) -> [(ShopSentence, LegalTextBody)] {
        let kinds: [(String, ShopSentence)] = [("terms", .legalTerms), ("withdrawal", .legalWithdrawal)]
        return kinds.compactMap { kind, name in
            let known = texts.filter { $0.kind == kind }
            let own = known.filter { $0.country == country }
            let meant = own.isEmpty ? known.filter { $0.country == nil } : own
            return (meant.first { $0.language == language } ?? meant.first).map { (name, $0) }
        }
    }
}

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
    let terms: [OrderTerm]
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
            "addressFields": addressFields(faults, words), "hasBilling": form?.hasBilling == true,
            "billingFields": billingFields(faults, words), "reminders": reminders(words) ?? false,
            "country": [cart.region, country.name].compactMap(\.self).joined(separator: ", "),
            "methods": methods(words), "items": items(words), "consents": consents(words),
            "arrival": words.arrival(cart.deliveryOptions) ?? false, "course": course(words), "warning": false,
            "terms": terms.map { ["name": words.text($0.name), "address": $0.address, "text": $0.text] },
            "hasTerms": !terms.isEmpty,
            "offers": shop.offers.map {
                ["wording": $0.wording, "text": $0.text, "isChosen": form?.offers == $0.wording] as [String: Any]
            } ?? false,
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
        isAsked: Bool = true,
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
            "isRequired": isAsked && !isOptional,
            "fault": fault?.text ?? "", "hint": hint.map { words.text($0) } ?? false,
            "list": options.isEmpty ? false : ["options": options],
        ]
    }

    private func addressFields(_ faults: [Fault], _ words: ShopWords) -> [[String: Any]] {
        country.addressFields.map { line in
            switch line.name {
            case "line1": field("line1", .line1, "shipping address-line1", max: 200, faults, words)
            case "line2": field("line2", .line2, "shipping address-line2", max: 200, isOptional: true, faults, words)
            case "city": field("city", .city, "shipping address-level2", max: 100, faults, words)
            case "region":
                field(
                    "region",
                    regionLabel(line.term),
                    "shipping address-level1",
                    max: 100,
                    isOptional: !line.required,
                    options: country.options(chosen: form?["region"] ?? cart.region),
                    value: cart.region,
                    faults,
                    words
                )
            default: field("postalCode", postalLabel(line.term), "shipping postal-code", max: 20, faults, words)
            }
        }
    }

    /// Where the invoice goes may be in any country, so that its lines come in an order that suits most.
    private func billingFields(_ faults: [Fault], _ words: ShopWords) -> [[String: Any]] {
        let chosen = form?["billing-country"].nonEmpty ?? country.code
        let countries = Country.all.map { ($0.rawValue, CountryNames.name(of: $0)) }.sorted { $0.1 < $1.1 }
            .map { ["code": $0, "name": $1, "isChosen": $0 == chosen] as [String: Any] }
        let lines: [(String, ShopSentence, String, Int, Bool)] = [
            ("line1", .line1, "address-line1", 200, false), ("line2", .line2, "address-line2", 200, true),
            ("postalCode", .postalCode, "postal-code", 20, false), ("city", .city, "address-level2", 100, false),
            ("region", .region, "address-level1", 100, true),
        ]
        // None is required by the browser: it would ask for what is not shown.
        return lines.map { name, label, autocomplete, max, isOptional in
            field(
                "billing-\(name)",
                label,
                "billing \(autocomplete)",
                max: max,
                isOptional: isOptional,
                isAsked: false,
                faults,
                words
            )
        } + [
            field(
                "billing-country",
                .billingCountry,
                "billing country",
                max: 2,
                isAsked: false,
                options: countries,
                faults,
                words
            )
        ]
    }

    /// The hours to be reminded at; nil where there is no day to be reminded of yet.
    private func reminders(_ words: ShopWords) -> [String: Any]? {
        guard let zone = cart.course?.timeZone else { return nil }
        return [
            "hint": words.text(.remindersHint, ["zone": zone]),
            "hours": (8...20).map {
                ["hour": "\($0)", "text": "\($0):00", "isChosen": form?["hour"] == "\($0)"] as [String: Any]
            },
        ]
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
                "seal": words.seal(products.first { $0.sku == item.sku }),
            ]
        }
    }

    private func course(_ words: ShopWords) -> String {
        let dates = cart.course?.sessions.map { words.date($0, .dateShort) } ?? []
        return dates.isEmpty
            ? words.text(.orderNoSessions) : words.text(.orderSessions, ["dates": dates.joined(separator: ", ")])
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
            return (problem.errors ?? []).map { fault($0, words) }
        default: return [Fault(text: words.friendly(problem.detail, names: names))]
        }
    }

    private func fault(_ error: FieldProblem, _ words: ShopWords) -> Fault {
        let detail = error.detail
        let parts = error.pointer.split(separator: "/").map(String.init)
        guard let part = parts.first, let line = parts.last else { return Fault(text: detail) }
        let isBilling = part == "billingAddress"
        let name = isBilling ? "billing-\(line)" : line
        switch part {
        case "offers": return Fault(text: words.text(.faultOffers), target: "offers")
        case "payment": return Fault(text: words.text(.faultPayment), target: "method")
        case "reminders": return Fault(text: words.text(.faultHour), target: "hour")
        case "customer", "shippingAddress", "billingAddress": break
        default: return Fault(text: words.friendly(detail, names: names))
        }
        guard CheckoutForm.lineNames.contains(name) else { return Fault(text: words.friendly(detail, names: names)) }
        let isBlank = form.map { $0[name].allSatisfy(\.isWhitespace) } ?? true
        let label =
            isBilling ? words.text(.billingLine, ["field": words.text(billingLabel(line))]) : words.text(label(line))
        if isBlank { return Fault(text: words.text(.faultRequired, ["field": label]), target: name) }
        if error.code == Fields.cardNumberCode {
            return Fault(text: words.text(.faultCard, ["field": label]), target: name)
        }
        if name == "email" { return Fault(text: words.text(.faultEmail), target: name) }
        if name == "region", cart.region != nil {
            return Fault(text: words.text(.faultRegion, ["field": label]), target: name)
        }
        return Fault(text: words.text(.faultLine, ["field": label]), target: name)
    }

    private func billingLabel(_ name: String) -> ShopSentence {
        switch name {
        case "line1": .line1
        case "line2": .line2
        case "city": .city
        case "region": .region
        case "country": .billingCountry
        default: .postalCode
        }
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
