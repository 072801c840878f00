import Catalog
import Commerce
import GuideFormats
import Orders
import UsageGuide

/// An invoice or a credit note as a page of A4, to look at and to print.
struct DocumentPage {
    static let template = HTMLTemplate(Embedded.text("document.mustache"), style: Embedded.text("document.css"))

    let issued: IssuedDocument
    /// The day it was issued on, in the shop's time zone.
    let day: CalendarDate
    /// Whether it still waits for its money.
    let isOpen: Bool
    /// Where the PDF is; nil on the way into it.
    let pdf: String?

    /// - Throws: where its language or its currency is unknown.
    func html() throws -> String {
        let document = issued.document
        guard let content = GuideContent.newest(document.language), let currency = Currency(rawValue: document.currency)
        else { throw Problem(.internalError) }
        func money(_ amount: Int64) -> String {
            Money(amount, currency).text
        }
        let title: Sentence =
            switch document.kind {
            case .invoice: .documentInvoice
            case .creditNote: .documentCreditNote
            }
        var values: [String: Any] = [
            "language": content.language, "direction": content.direction,
            "title": content.text(title, ["number": issued.number]),
            "issued": content.text(.documentDate, ["date": content.date(day, .dateFull)]),
            "order": content.text(.documentOrder, ["number": document.orderNumber]),
            "seller": document.seller.name, "sellerLines": sellerLines(content), "buyer": document.buyer,
            "wordTo": content.text(.documentTo), "wordItem": content.text(.documentItem),
            "wordQuantity": content.text(.documentQuantity), "wordAmount": content.text(.documentAmount),
            "wordTotal": content.text(.orderTotal), "total": money(document.total),
            "lines": document.lines.map { line in
                [
                    "name": line.name ?? content.text(.orderShipping), "quantity": "\(line.quantity)",
                    "amount": money(line.gross),
                ]
            },
            "taxes": document.taxes.map { tax in
                let rate = ["rate": Self.percent(tax.basisPoints)]
                return [
                    "netLabel": content.text(.documentNet, rate), "net": money(tax.net),
                    "taxLabel": content.text(.documentTax, rate), "tax": money(tax.tax),
                ]
            },
        ]
        values["reason"] = document.reason.map { content.text(.documentReason, ["reason": $0]) }
        values["pdf"] = pdf.map { ["address": $0, "text": content.text(.documentPrint)] }
        if isOpen, !document.seller.paymentLines.isEmpty {
            values["pay"] = [
                "heading": content.text(.documentPay), "lines": document.seller.paymentLines,
                "reference": content.text(.documentPayReference, ["number": issued.number]),
            ]
        }
        return Self.template.render(values)
    }

    private func sellerLines(_ content: GuideContent) -> [String] {
        let seller = issued.document.seller
        return seller.addressLines
            + [seller.taxNumber.map { content.text(.documentTaxNumber, ["number": $0]) }, seller.email].compactMap(
                \.self
            )
    }

    /// Hundredths of a percent as people write them: `20 %`, `8.88 %`.
    private static func percent(_ basisPoints: Int64) -> String {
        let (whole, rest) = basisPoints.quotientAndRemainder(dividingBy: 100)
        if rest == 0 { return "\(whole) %" }
        let digits = rest < 10 ? "0\(rest)" : rest % 10 == 0 ? "\(rest / 10)" : "\(rest)"
        return "\(whole).\(digits) %"
    }
}
