import Cart
import Commerce
import Crypto
import GuideFormats
package import Links
import Postgres
import UsageGuide

/// The guides of orders: issued, kept, and read again by their links.
extension OrderStore {
    // MARK: - Reading

    /// The guide that a guide's or a calendar's link opens; nil for an unknown, a wrong or a revoked link.
    package func guide(_ purpose: Purpose, _ token: Token) async throws -> SharedGuide? {
        try await pool.read(Self.sharedStatement(purpose, token, revisions: "=")).first.map(shared)
    }

    /// The same with every revision there has been, oldest first: its own is the last.
    package func history(_ purpose: Purpose, _ token: Token) async throws -> (SharedGuide, [IssuedGuide])? {
        let rows = try await pool.read(Self.sharedStatement(purpose, token, revisions: "<="))
        guard let last = rows.last else { return nil }
        return (try shared(last), try rows.map(Self.issuedGuide))
    }

    /// Every revision of an order's guide, oldest first; none for an unknown number.
    package func guides(of number: OrderNumber) async throws -> [IssuedGuide] {
        try await pool.read(
            Statement(
                """
                SELECT guide.* FROM guide JOIN orders ON orders.id = guide.order_id WHERE number = $1
                ORDER BY revision
                """,
                number.description
            )
        ).map(Self.issuedGuide)
    }

    /// The revision before an order's current guide; nil where that is the first.
    package func previousGuide(of order: Order) async throws -> IssuedGuide? {
        guard order.guide.revision > 1 else { return nil }
        let rows = try await pool.read(
            Statement(
                "SELECT * FROM guide WHERE order_id = $1 AND revision = $2",
                order.id,
                order.guide.revision - 1
            )
        )
        return try rows.first.map(Self.issuedGuide)
    }

    private static func sharedStatement(_ purpose: Purpose, _ token: Token, revisions: String) -> Statement {
        Statement(
            assembled: """
                SELECT orders.id, number, customer_name, guide.*
                FROM orders JOIN guide ON guide.order_id = orders.id AND guide.revision \(revisions) orders.guide_revision
                WHERE orders.\(column(purpose)) = $1 ORDER BY guide.revision
                """,
            [Bytea(token.hash)]
        )
    }

    private func shared(_ row: Row) throws -> SharedGuide {
        let (id, name): (Int64, String) = (try row.value("id"), try row.value("customer_name"))
        let seed = HMAC<SHA256>.authenticationCode(
            for: Array("calendar \(id)".utf8),
            using: SymmetricKey(data: numbering)
        )
        return SharedGuide(
            orderNumber: try row.value("number"),
            firstName: SharedGuide.firstName(name),
            issued: try Self.issuedGuide(row),
            calendarSeed: Array(seed)
        )
    }

    // MARK: - Issuing

    /// A guide as it is issued now: with the newest sentences of its language, and the proof of what they say.
    func issue(_ guide: Guide, revision: Int, at now: Instant, language: String) throws -> IssuedGuide {
        guard let content = GuideContent.newest(language) else {
            throw PostgresError.misuse("an order has a language that no guide is written in")
        }
        return IssuedGuide(
            revision: revision,
            issuedAt: now,
            contentVersion: content.version,
            rendererVersion: GuideText.version,
            documentHash: proofs.proof(of: guide, content: content),
            guide: guide
        )
    }

    /// Keeps a revision of a guide.
    static func insertion(_ issued: IssuedGuide, of order: Int64) throws -> Statement {
        try insertion([(issued, order)])
    }

    /// Keeps revisions of guides, each of its order.
    static func insertion(_ guides: [(issued: IssuedGuide, order: Int64)]) throws -> Statement {
        let issued = guides.map(\.issued)
        let courses = issued.map(\.guide.plan.course)
        return Statement(
            """
            INSERT INTO guide (order_id, revision, issued_at, regimen, content_version, renderer_version, document_hash,
                products, time_zone, sessions, is_final, keep_dry_hours, wash_interval_days, rest_days)
            SELECT order_id, revision, issued_at, regimen, content, renderer, hash, products, zone,
                string_to_array(sessions, ',')::date[], is_final, dry, wash, rest
            FROM unnest($1::bigint[], $2::int[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::bytea[],
                $8::jsonb[], $9::text[], $10::text[], $11::boolean[], $12::smallint[], $13::smallint[], $14::smallint[])
                AS draft (order_id, revision, issued_at, regimen, content, renderer, hash, products, zone, sessions,
                    is_final, dry, wash, rest)
            """,
            guides.map(\.order),
            issued.map { Int32($0.revision) },
            issued.map(\.issuedAt),
            issued.map(\.guide.plan.regimen),
            issued.map(\.contentVersion),
            issued.map(\.rendererVersion),
            issued.map { Bytea($0.documentHash) },
            try issued.map { try StoredProduct.document($0.guide.products) },
            NullableArray(courses.map { $0?.timeZone }),
            NullableArray(courses.map { $0?.sessions.map(\.description).joined(separator: ",") }),
            NullableArray(courses.map { $0?.isFinal }),
            NullableArray(courses.map { $0.map { Int16($0.choices.keepDryHours) } }),
            NullableArray(courses.map { $0.map { Int16($0.choices.washIntervalDays) } }),
            NullableArray(courses.map { $0.map { Int16($0.choices.restDays) } })
        )
    }
}
