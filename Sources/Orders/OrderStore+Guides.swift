import Catalog
package import Commerce
import Crypto
import FoundationEssentials
import GuideFormats
package import Links
package import Postgres
import Records
import Synchronization
import UsageGuide

/// The guides of orders: issued, kept, and read again by their links.
extension OrderStore {
    // MARK: - Reading

    /// The guide that a guide's or a calendar's link opens; nil for a revoked link.
    package func guide(_ purpose: LinkPurpose, _ link: Link) async throws -> SharedGuide? {
        try await pool.read(Query(first: SharedGuide.statement(purpose, link, revisions: "="), shared))
    }

    /// The same with every revision there has been, oldest first: its own is the last.
    package func history(_ purpose: LinkPurpose, _ link: Link) async throws -> (SharedGuide, [IssuedGuide])? {
        let revisions = try await pool.read(Query(each: SharedGuide.statement(purpose, link, revisions: "<="), shared))
        return revisions.last.map { ($0, revisions.map(\.issued)) }
    }

    /// Every revision of an order's guide, oldest first; none for an unknown number.
    /// - Throws: `OrderError.erased`.
    package func guides(of number: OrderNumber) async throws -> [IssuedGuide] {
        try await pool.read(
            Query(
                each: Statement(
                    assembled:
                        "SELECT erased_at, \(IssuedGuide.columns) FROM guide WHERE order_id = $1 ORDER BY revision",
                    [place(.number(number)).id]
                )
            ) { row in
                if let erasedAt: Instant = try row.optional("erased_at") { throw OrderError.erased(erasedAt) }
                return try IssuedGuide(row)
            }
        )
    }

    /// The last guide of the course that an order had before its current one; nil where that is the first.
    package func previousGuide(of order: Order) async throws -> IssuedGuide? {
        guard order.guide.courseVersion > 1 else { return nil }
        return try await pool.read(
            Query(
                first: Statement(
                    assembled: """
                        SELECT \(IssuedGuide.columns) FROM guide WHERE order_id = $1 AND course_version = $2
                        ORDER BY revision DESC LIMIT 1
                        """,
                    [order.id, order.guide.courseVersion - 1]
                ),
                IssuedGuide.init
            )
        )
    }

    private func shared(_ row: Row) throws -> SharedGuide { try SharedGuide(row) { keyed("calendar \($0)") } }

    // MARK: - Issuing

    /// A guide as it is issued now: with the newest sentences of its language, and the proof of what they say.
    func issue(
        _ guide: Guide,
        revision: Int = 1,
        courseVersion: Int = 1,
        at now: Instant,
        language: String
    ) throws -> IssuedGuide {
        guard let content = GuideContent.newest(language) else {
            throw PostgresError.misuse("an order has a language that no guide is written in")
        }
        return IssuedGuide(
            revision: revision,
            courseVersion: courseVersion,
            issuedAt: now,
            contentVersion: content.version,
            rendererVersion: GuideText.version,
            documentHash: proofs.proof(of: guide, content: content),
            guide: guide
        )
    }

    /// Issues the next revision of an order's guide, and makes it the one that is in force.
    func reissue(_ guide: Guide, of order: Order, at now: Instant) throws -> [Statement] {
        let isMoved = guide.plan.course != order.guide.guide.plan.course
        let issued = try issue(
            guide,
            revision: order.guide.revision + 1,
            courseVersion: order.guide.courseVersion + (isMoved ? 1 : 0),
            at: now,
            language: order.details.language
        )
        return [
            try IssuedGuide.rows.statement([(order.id, issued)]),
            Statement("UPDATE orders SET guide_revision = $2 WHERE id = $1", order.id, issued.revision),
        ]
    }

    /// It goes without some optional units: they are free again, its guide says so, and it has left whole where they were all
    /// that was left of it.
    /// - Parameter dropped: how many units of which component, by line and position.
    package func goesWithout(
        _ dropped: [(component: Order.OpenComponent, quantity: Int)],
        _ order: Order,
        at now: Instant,
        by actor: Actor
    ) throws -> [Statement] {
        guard !dropped.isEmpty else { return [] }
        var after = order
        for (component, quantity) in dropped {
            let place = Order.OpenComponent.Place(line: component.line, position: component.position)
            after.change(place) { $0.quantity -= quantity }
        }
        return [
            StockStore.release(dropped.map { ($0.component.part.sku, $0.quantity) }),
            Statement(
                """
                UPDATE order_component AS part SET quantity = part.quantity - dropped.quantity
                FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS dropped (line, position, quantity)
                WHERE order_id = $1 AND (part.line, part.position) = (dropped.line, dropped.position)
                """,
                order.id,
                dropped.map(\.component.line),
                dropped.map(\.component.position),
                dropped.map(\.quantity)
            ),
        ]
            + OrderFacts.standing(after, with: after.units, at: now, by: actor) + (try reissue(after, at: now))
    }

    /// The guide anew where something of it is not in the order any more, or is again.
    func reissue(_ order: Order, at now: Instant) throws -> [Statement] {
        var left: [SKU: Int] = [:]
        for part in order.lines.flatMap(\.parts) {
            left[part.sku, default: 0] += part.quantity - part.cancelled - part.returned - part.lost
        }
        let guide = order.guide.guide
        let products = guide.products.map {
            Guide.Product(sku: $0.sku, name: $0.name, isInOrder: left[$0.sku, default: 0] > 0)
        }
        guard products != guide.products else { return [] }
        return try reissue(Guide(plan: guide.plan, products: products), of: order, at: now)
    }
}
