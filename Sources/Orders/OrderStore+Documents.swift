import Catalog
package import Commerce
import FoundationEssentials
import Postgres

extension OrderStore {
    /// An order's invoice and credit notes, oldest first.
    ///
    /// The invoice is issued when somebody first asks for it, and at the latest when the money arrives. An order that was
    /// cancelled before that has none, nor has one of a shop that names no seller.
    package func documents(of order: Order, now: Instant) async throws -> [IssuedDocument] {
        let known = try await issuedDocuments(of: order)
        let wantsInvoice = order.status != .cancelled && (order.paymentMethod == .invoice || order.isPaid)
        guard known.isEmpty, wantsInvoice, let seller = try await catalogs.catalog().terms.seller else { return known }
        // The order is locked first: one that is being cancelled gets no invoice any more.
        let lock = Statement("SELECT 1 FROM orders WHERE id = $1 FOR NO KEY UPDATE", order.id)
        let issuing = try Self.invoicing(order, seller: seller, now: now, unlessCancelled: true)
        _ = try await pool.write([lock] + issuing)
        return try await issuedDocuments(of: order)
    }

    private func issuedDocuments(of order: Order) async throws -> [IssuedDocument] {
        try await pool.read(
            Statement(
                "SELECT * FROM document WHERE order_id = $1 ORDER BY issued_at, kind DESC, number",
                order.id
            )
        ).map { row in
            let content: JSONBValue = try row.value("content")
            let document = try JSONDecoder().decode(Document.self, from: Data(content.utf8))
            return IssuedDocument(
                number: IssuedDocument.number(document.kind, try row.value("number")),
                issuedAt: try row.value("issued_at"),
                document: document
            )
        }
    }

    /// Issues an order's invoice where it has none. Whoever issues at the same time waits for the number.
    /// - Parameter unlessCancelled: whether one that was cancelled meanwhile gets none.
    static func invoicing(
        _ order: Order,
        seller: Seller?,
        now: Instant,
        unlessCancelled: Bool = false
    ) throws -> [Statement] {
        guard let seller else { return [] }
        let document = Document(.invoice, of: order.allCharges, in: order, seller: seller)
        return [
            lock(.invoice),
            Statement(
                """
                INSERT INTO document (kind, number, order_id, issued_at, total, content)
                SELECT 'invoice', coalesce((SELECT max(number) FROM document WHERE kind = 'invoice'), 0) + 1, $1, $2, $3, $4
                WHERE NOT EXISTS (SELECT 1 FROM document WHERE order_id = $1 AND kind = 'invoice')
                    AND NOT ($5 AND EXISTS (SELECT 1 FROM orders WHERE id = $1 AND status = 'cancelled'))
                """,
                order.id,
                now,
                document.total,
                try document.stored(),
                unlessCancelled
            ),
        ]
    }

    /// Issues the credit note for a refund that the same transaction has written.
    static func crediting(
        _ order: Order,
        _ charges: [Charge],
        reason: String,
        key: ActKey,
        seller: Seller?,
        now: Instant
    ) throws -> [Statement] {
        guard let seller else { return [] }
        let document = Document(.creditNote, of: charges, in: order, seller: seller, reason: reason)
        return try invoicing(order, seller: seller, now: now) + [
            lock(.creditNote),
            Statement(
                """
                INSERT INTO document (kind, number, order_id, payment_id, issued_at, total, content)
                SELECT 'creditNote', coalesce((SELECT max(number) FROM document WHERE kind = 'creditNote'), 0) + 1,
                    $1, id, $2, $3, $4
                FROM payment WHERE order_id = $1 AND key_hash = $5
                """,
                order.id,
                now,
                document.total,
                try document.stored(),
                Bytea(key.hash)
            ),
        ]
    }

    /// Takes back the invoice of an order that was never paid, where it has one.
    static func crediting(cancelled order: Order, reason: String, seller: Seller?, now: Instant) throws -> [Statement] {
        guard let seller else { return [] }
        let document = Document(.creditNote, of: order.allCharges, in: order, seller: seller, reason: reason)
        return [
            lock(.creditNote),
            Statement(
                """
                INSERT INTO document (kind, number, order_id, issued_at, total, content)
                SELECT 'creditNote', coalesce((SELECT max(number) FROM document WHERE kind = 'creditNote'), 0) + 1,
                    $1, $2, $3, $4
                WHERE EXISTS (SELECT 1 FROM document WHERE order_id = $1 AND kind = 'invoice')
                """,
                order.id,
                now,
                document.total,
                try document.stored()
            ),
        ]
    }

    /// Numbers are given one after the other. The invoices' lock is always taken before the credit notes'.
    private static func lock(_ kind: Document.Kind) -> Statement {
        Statement("SELECT pg_advisory_xact_lock(hashtextextended('document ' || $1, 0))", kind.rawValue)
    }
}

extension Order {
    /// Whether its money has come, whatever of it went back since.
    package var isPaid: Bool { [.paid, .partlyRefunded, .refunded].contains(paymentStatus) }
}

extension Document {
    fileprivate func stored() throws -> JSONBValue {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return JSONBValue(utf8: Array(try encoder.encode(self)))
    }
}
