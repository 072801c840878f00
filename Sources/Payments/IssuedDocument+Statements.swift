import Catalog
import Commerce
import FoundationEssentials
import Orders
package import Postgres

/// Invoices and credit notes in the database, issued one after the other.
extension IssuedDocument {
    private static let columns = """
        number, issued_at, kept_until, content,
        \(OrderLog.sequence(ofAdjustment: "document.adjustment", of: "document.order_id")) AS sequence
        """

    /// An order's documents, oldest first.
    static func issued(for order: Int64) -> Query<[IssuedDocument]> {
        Query(
            each: Statement(
                assembled: """
                    SELECT \(columns) FROM document WHERE order_id = $1 AND erased_at IS NULL
                    ORDER BY issued_at, kind DESC, number
                    """,
                [order]
            ),
            read
        )
    }

    /// The document of a number such as `INV-000123`; nil where there is none, or its years are over.
    package static func named(_ name: String) -> Query<IssuedDocument?> {
        guard let match = name.wholeMatch(of: /(INV|CN)-([0-9]{6,18})/), let number = Int64(match.2) else {
            return Query(nothing: nil)
        }
        let kind: Document.Kind = match.1 == "INV" ? .invoice : .creditNote
        return Query(
            first: Statement(
                assembled: "SELECT \(columns) FROM document WHERE (kind, number) = ($1, $2) AND erased_at IS NULL",
                [kind.rawValue, number]
            ),
            read
        )
    }

    @Sendable private static func read(_ row: Row) throws -> IssuedDocument {
        let number: Int64 = try row.value("number")
        let content: JSONBValue = try row.value("content")
        let document = try JSONDecoder().decode(Document.self, from: Data(content.utf8))
        return IssuedDocument(
            number: IssuedDocument.number(document.kind, number),
            issuedAt: try row.value("issued_at"),
            sequence: try row.optional("sequence"),
            keptUntil: try row.value("kept_until"),
            document: document
        )
    }

    /// Issues the invoice of an order as it was sold, where it has none. Whoever issues at the same time waits for the number.
    static func invoice(of order: Order, seller: Seller?, now: Instant) throws -> [Statement] {
        guard let seller else { return [] }
        let document = Document(.invoice, of: order.soldParts, in: order, seller: seller)
        return [
            lock(.invoice),
            Statement(
                """
                INSERT INTO document (kind, number, order_id, issued_at, total, content, kept_until)
                SELECT 'invoice', coalesce((SELECT max(number) FROM document WHERE kind = 'invoice'), 0) + 1,
                    $1, $2, $3, $4, $5
                WHERE NOT EXISTS (SELECT 1 FROM document WHERE order_id = $1 AND adjustment IS NULL)
                """,
                order.id,
                now,
                document.total,
                try document.stored(),
                document.keptUntil(issuedAt: now)
            ),
        ]
    }

    /// Issues the document of an order's last adjustment: a credit note where the order comes to less, a further invoice
    /// where it comes to more, none where it comes to the same.
    /// - Parameter isInvoiceIssued: whether an order that has no invoice yet gets it first, as it was sold; else there is
    ///   nothing to take back.
    static func adjusting(
        _ order: Order,
        reason: String,
        seller: Seller?,
        isInvoiceIssued: Bool = true,
        now: Instant
    ) throws -> [Statement] {
        guard let seller, let adjustment = order.adjustments.last, adjustment.amount != 0 else { return [] }
        let kind: Document.Kind = adjustment.amount < 0 ? .creditNote : .invoice
        let parts = adjustment.parts.filter { $0.amount != 0 }
        let document = Document(kind, of: parts, in: order, seller: seller, reason: reason)
        return (isInvoiceIssued ? try invoice(of: order, seller: seller, now: now) : []) + [
            lock(kind),
            Statement(
                """
                INSERT INTO document (kind, number, order_id, adjustment, issued_at, total, content, kept_until)
                SELECT $2, coalesce((SELECT max(number) FROM document WHERE kind = $2), 0) + 1, $1, $3, $4, $5, $6, $7
                WHERE EXISTS (SELECT 1 FROM document WHERE order_id = $1 AND adjustment IS NULL)
                """,
                order.id,
                kind.rawValue,
                order.adjustments.count,
                now,
                document.total,
                try document.stored(),
                document.keptUntil(issuedAt: now)
            ),
        ]
    }

    /// Numbers are given one after the other. The invoices' lock is always taken before the credit notes'.
    private static func lock(_ kind: Document.Kind) -> Statement {
        Statement("SELECT pg_advisory_xact_lock(hashtextextended('document ' || $1, 0))", kind.rawValue)
    }
}

extension Document {
    fileprivate func stored() throws -> JSONBValue {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return JSONBValue(utf8: Array(try encoder.encode(self)))
    }
}
