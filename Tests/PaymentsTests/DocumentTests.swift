import Catalog
import Commerce
import FoundationEssentials
import Orders
import TestSupport
import Testing

@testable import Payments
@testable import Samples

/// An invoice says what was sold, to whom, and what each rate of tax came to.
struct DocumentTests {
    private let seller = Seller(
        name: "The Shop",
        addressLines: ["2 Low Street"],
        taxNumber: nil,
        email: nil,
        paymentLines: []
    )

    private func invoice(_ order: Order) -> Document {
        Document(.invoice, of: order.soldParts, in: order, seller: seller)
    }

    @Test func linesAndTaxesSumToTheTotal() throws {
        var random = SeededGenerator(seed: 26)
        for _ in 0..<500 {
            let order = try SampleOrder.random(&random).order
            let invoice = invoice(order)
            #expect(invoice.total == order.totals.total.amount)
            #expect(invoice.lines.reduce(0) { $0 + $1.gross } == invoice.total)
            #expect(invoice.taxes.reduce(0) { $0 + $1.net + $1.tax } == invoice.total)
            #expect(invoice.taxes.reduce(0) { $0 + $1.tax } == order.totals.tax.amount)
            let rates = invoice.taxes.map(\.basisPoints)
            #expect(rates == Set(invoice.lines.map(\.taxBasisPoints)).sorted(by: >))
        }
    }

    @Test func taxesStandByTheirRateAndShippingIsTheLastLine() throws {
        let sample = SampleOrder(
            lines: [
                SampleLine("LOTION", 2, at: 1200, taxed: 2000), SampleLine("SHAMPOO", at: 1050, taxed: 500),
                SampleLine("OINTMENT", at: 600, taxed: 2000),
            ],
            shipping: 300,
            shippingTaxBasisPoints: 2000
        )
        let invoice = invoice(try sample.order)
        #expect(
            invoice.taxes == [
                Document.Tax(basisPoints: 2000, net: 2750, tax: 550),
                Document.Tax(basisPoints: 500, net: 1000, tax: 50),
            ]
        )
        #expect(
            invoice.lines == [
                Document.Line(subject: .goods, name: "LOTION", quantity: 2, gross: 2400, taxBasisPoints: 2000),
                Document.Line(subject: .goods, name: "SHAMPOO", quantity: 1, gross: 1050, taxBasisPoints: 500),
                Document.Line(subject: .goods, name: "OINTMENT", quantity: 1, gross: 600, taxBasisPoints: 2000),
                Document.Line(subject: .shipping, name: nil, quantity: 1, gross: 300, taxBasisPoints: 2000),
            ]
        )
    }

    @Test func creditNoteHoldsWhatGoesBackAndWhy() throws {
        let order = try SampleOrder(lines: [SampleLine("LOTION", 3, at: 1200, taxed: 2000)]).order
        var left = PriceLeft(order)
        let part = left.takeUnits(1, ofLine: 1)
        let note = Document(.creditNote, of: [part], in: order, seller: seller, reason: "broken")
        #expect(note.kind == .creditNote && note.reason == "broken" && note.total == 1200)
        #expect(note.orderNumber == order.number.description && note.currency == "GBP" && note.seller == seller)
        #expect(
            note.lines == [
                Document.Line(subject: .goods, name: "LOTION", quantity: 1, gross: 1200, taxBasisPoints: 2000)
            ]
        )
    }

    @Test func documentIsForTheBillingAddressAndElseForTheOther() throws {
        var sample = SampleOrder(lines: [SampleLine("LOTION")])
        #expect(
            try invoice(sample.order).buyer == ["Ada Lovelace", "1 High Street", "London", "N1 1AA", "GB"]
        )
        sample.billingAddress = try SampleOrder.address("9 Bank Street", region: "Kent")
        #expect(
            try invoice(sample.order).buyer == ["Ada Lovelace", "9 Bank Street", "London", "Kent", "N1 1AA", "GB"]
        )
    }

    @Test func documentIsReadBackAsItWasKept() throws {
        let order = try SampleOrder(lines: [SampleLine("LOTION", 2, at: 1200, taxed: 2000)], shipping: 395).order
        let note = Document(.creditNote, of: order.soldParts, in: order, seller: seller, reason: "broken")
        #expect(try JSONDecoder().decode(Document.self, from: JSONEncoder().encode(note)) == note)
    }

    @Test(
        arguments: [
            (.invoice, 1, "INV-000001"), (.creditNote, 45, "CN-000045"), (.invoice, 999_999, "INV-999999"),
            (.creditNote, 1_000_000, "CN-1000000"),
        ] as [(Document.Kind, Int64, String)]
    )
    func numberHasSixDigitsOrMore(kind: Document.Kind, number: Int64, text: String) {
        #expect(IssuedDocument.number(kind, number) == text)
    }
}
