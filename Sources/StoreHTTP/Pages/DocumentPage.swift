import Catalog
import Commerce
import GuideFormats
import Orders
import Payments

/// An invoice or a credit note as a page, to look at and to print.
struct DocumentPage {
    static let template = HTMLTemplate(Embedded.text("document.mustache"), style: Embedded.text("document.css"))

    let issued: IssuedDocument
    /// The day it was issued on, in the shop's time zone.
    let day: CalendarDate
    /// What is to be paid of its order now; nil where it asks for nothing.
    let due: Money?
    /// Where the PDF is; nil on the way into it.
    let pdf: String?

    /// - Throws: where its language or its currency is unknown.
    func html() throws -> String {
        let document = issued.document
        let words = try PageWords(language: document.language)
        guard let currency = Currency(rawValue: document.currency) else { throw Problem(.internalError) }
        func money(_ amount: Int64) -> String {
            Money(amount, currency).text
        }
        let title: PageSentence =
            switch document.kind {
            case .invoice: .documentInvoice
            case .creditNote: .documentCreditNote
            }
        var values: [String: Any] = [
            "language": words.language, "direction": words.direction,
            "title": words.text(title, ["number": issued.number]),
            "issued": words.text(.documentDate, ["date": words.date(day)]),
            "order": words.text(.documentOrder, ["number": document.orderNumber]),
            "seller": document.seller.name, "sellerLines": sellerLines(words), "buyer": document.buyer,
            "wordTo": words.text(.documentTo), "wordItem": words.text(.documentItem),
            "wordQuantity": words.text(.documentQuantity), "wordAmount": words.text(.documentAmount),
            "wordTotal": words.text(.orderTotal), "total": money(document.total),
            "lines": document.lines.map { line in
                let name =
                    switch line.subject {
                    case .goods: line.name ?? ""
                    case .shipping: words.text(.orderShipping)
                    case .price: words.text(.documentGoodwill)
                    }
                return [
                    "name": name, "quantity": "\(line.quantity)",
                    "amount": money(line.gross),
                ]
            },
            "taxes": document.taxes.map { tax in
                let rate = ["rate": Percent.text(basisPoints: tax.basisPoints)]
                return [
                    "netLabel": words.text(.documentNet, rate), "net": money(tax.net),
                    "taxLabel": words.text(.documentTax, rate), "tax": money(tax.tax),
                ]
            },
        ]
        values["reason"] = document.reason.map { words.text(.documentReason, ["reason": $0]) }
        values["pdf"] = pdf.map { ["address": $0, "text": words.text(.documentPrint)] }
        if let due, !document.seller.paymentLines.isEmpty {
            let isOther = due.amount != document.total
            values["pay"] =
                [
                    "heading": words.text(.documentPay), "lines": document.seller.paymentLines,
                    "due": isOther ? [words.text(.documentPayDue, ["amount": due.text])] : [],
                    "reference": words.text(.documentPayReference, ["number": issued.number]),
                ] as [String: Any]
        }
        return Self.template.render(values)
    }

    private func sellerLines(_ words: PageWords) -> [String] {
        let seller = issued.document.seller
        return seller.addressLines
            + [seller.taxNumber.map { words.text(.documentTaxNumber, ["number": $0]) }, seller.email].compactMap(
                \.self
            )
    }
}
