import Catalog
import Commerce
import Mail
import Orders
import Payments
import Postgres

/// The files that go with the mails of an order: what it was placed under, and the documents that were issued.
struct MailFiles: Sendable {
    /// Where so many prints are made or waited for, mails go without, with their link.
    private static let printsMax = 2
    /// A larger print is left to its link.
    private static let printOctetsMax = 1_000_000

    private let store: Store
    private let printTimeout: Duration

    init(_ store: Store, printTimeout: Duration) {
        self.store = store
        self.printTimeout = printTimeout
    }

    /// The texts that an order was placed under, as they stood then: so the customer has them for good.
    func legalTexts(of order: Order) async throws -> [MailMessage.Attachment] {
        let version = try await store.pool.read(OrderFacts.catalogVersion(of: order.id))
        return LegalText.holding(
            try await store.catalogs.legalTexts(version: version),
            country: order.details.shippingAddress.country,
            language: order.details.language
        ).map { text in
            MailMessage.Attachment(
                name: "\(text.kind.rawValue)-\(text.language).txt",
                type: "text/plain",
                bytes: Array(text.text.utf8)
            )
        }
    }

    /// What was issued of an order, as PDF: until it was paid, or for what an entry of its log tells of its price. What
    /// can't be printed soon is left out: the order's page has it.
    func documents(of order: Order, for entry: OrderFeed.Entry) async throws -> [MailMessage.Attachment] {
        let kinds: [OrderEvent] = [.paid, .refunded, .cancelled, .credited, .partlyCancelled, .shippingChanged]
        guard let event = OrderEvent(rawValue: entry.kind), kinds.contains(event) else { return [] }
        let all = try await store.payments.store.documents(of: order, now: store.now())
        var meant = all.filter { $0.sequence == entry.sequence }
        if event == .paid {
            meant = all.filter { ($0.sequence ?? 0) < entry.sequence }
        } else if ![.refunded, .cancelled].contains(event), !meant.isEmpty,
            !all.contains(where: { ($0.sequence ?? entry.sequence) < entry.sequence })
        {
            // What first changes the price of an order that is not paid has the invoice issued that it changes.
            meant = all.filter { $0.sequence == nil } + meant
        }
        var files: [MailMessage.Attachment] = []
        for issued in meant {
            guard let pdf = await pdf(issued), pdf.count <= Self.printOctetsMax else { continue }
            files.append(MailMessage.Attachment(name: issued.number + ".pdf", type: "application/pdf", bytes: pdf))
        }
        return files
    }

    /// Nil where it can't be made in time.
    private func pdf(_ issued: IssuedDocument) async -> [UInt8]? {
        let page = DocumentPage(issued: issued, day: store.shopDay(issued.issuedAt), due: nil, pdf: nil)
        guard let html = try? page.html() else { return nil }
        let answer = PageAnswer(html: html, DocumentPage.template)
        return await withTaskGroup(of: [UInt8]?.self) { group in
            group.addTask {
                try? await store.printer.pdf(Array(html.utf8), named: answer.entityTag, waitingMax: Self.printsMax)
            }
            group.addTask {
                try? await Task.sleep(for: printTimeout)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
