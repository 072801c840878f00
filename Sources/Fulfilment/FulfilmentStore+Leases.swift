package import Commerce
package import Orders
package import Postgres

/// Who packs an order: whoever does has it for a while, and nobody else gets it meanwhile.
extension FulfilmentStore {
    /// How long an order stays with whoever packs it, unless they ask again.
    package static let leaseLifetime = Duration.seconds(600)

    /// Who packs an order, and until when nobody else may.
    package struct Lease: Sendable, Equatable {
        package let holder: String
        package let until: Instant
    }

    /// The live lease of an order.
    func lease(of order: Int64, now: Instant) -> Query<Lease?> {
        Query(
            first: Statement("SELECT holder, until FROM packing_lease WHERE order_id = $1 AND until > $2", order, now)
        ) { Lease(holder: try $0.value("holder"), until: try $0.value("until")) }
    }

    /// The live lease of an order.
    package func lease(of order: Order, now: Instant) async throws -> Lease? {
        try await pool.read(lease(of: order.id, now: now))
    }

    /// Gives the most urgent order that can be packed to whoever asks; the one they have already, where they have one.
    /// Nil where nothing waits.
    package func leaseNext(holder: String, now: Instant) async throws -> Order? {
        try await onceMoreWhereTheBenchAskedTwice { try await takeNext(holder: holder, now: now) }
    }

    /// A bench that asks twice at the same moment has one lease: the second request finds what the first was given.
    private func onceMoreWhereTheBenchAskedTwice<Value>(_ take: () async throws -> Value) async throws -> Value {
        do {
            return try await take()
        } catch let error as PostgresError where error.serverError?.constraint == "packing_lease_holder" {
            return try await take()
        }
    }

    /// Lets go of orders that are over for good.
    package static func erasure(of orders: [Int64]) -> Statement {
        Statement("DELETE FROM packing_lease WHERE order_id = ANY ($1::bigint[])", orders)
    }

    private func takeNext(holder: String, now: Instant) async throws -> Order? {
        let own = try await pool.read(
            Query(
                first: Statement("SELECT order_id FROM packing_lease WHERE holder = $1 AND until > $2", holder, now)
            ) { try $0.value("order_id", as: Int64.self) }
        )
        if let own, let order = try await orders.order(.id(own)),
            order.packingObstacle(shipsUnpaid: shipsUnpaid) == nil
        {
            return try await lease(.id(own), holder: holder, now: now)
        }
        let taken = "EXISTS (SELECT 1 FROM packing_lease WHERE order_id = orders.id AND until > $2)"
        let next = try await pool.write(
            after: [Statement("DELETE FROM packing_lease WHERE holder = $1", holder)],
            Query(
                first: Statement(
                    assembled: """
                        WITH urgent AS MATERIALIZED \(OpenOrders.nextToPack(unless: taken, shipsUnpaid: "$3"))
                        INSERT INTO packing_lease (order_id, holder, until) SELECT id, $1, $4 FROM urgent
                        ON CONFLICT (order_id) DO UPDATE SET holder = EXCLUDED.holder, until = EXCLUDED.until
                            WHERE packing_lease.until <= $2
                        RETURNING order_id
                        """,
                    [holder, now, shipsUnpaid, now + Self.leaseLifetime]
                )
            ) { try $0.value("order_id", as: Int64.self) }
        )
        guard let next else { return nil }
        return try await orders.order(.id(next))
    }

    /// Gives an order to whoever asks, or prolongs what they have.
    /// - Throws: `OrderError`, `FulfilmentError`.
    package func lease(_ locator: OrderLocator, holder: String, now: Instant) async throws -> Order {
        try await onceMoreWhereTheBenchAskedTwice { try await take(locator, holder: holder, now: now) }
    }

    private func take(_ locator: OrderLocator, holder: String, now: Instant) async throws -> Order {
        try await orders.perform(
            nil,
            on: locator,
            now: now,
            reading: lease(of: orders.id(locator), now: now)
        ) { order, lease in
            if let obstacle = order.packingObstacle(shipsUnpaid: shipsUnpaid) {
                throw FulfilmentError.notPackable(obstacle)
            }
            if let lease, lease.holder != holder { throw FulfilmentError.leased(lease) }
            return [
                Statement("DELETE FROM packing_lease WHERE holder = $1 AND order_id <> $2", holder, order.id),
                Statement(
                    """
                    INSERT INTO packing_lease (order_id, holder, until) VALUES ($1, $2, $3)
                    ON CONFLICT (order_id) DO UPDATE SET holder = EXCLUDED.holder, until = EXCLUDED.until
                    """,
                    order.id,
                    holder,
                    now + Self.leaseLifetime
                ),
            ]
        }
    }

    /// Takes a lease away from somebody who has it, and from nobody else.
    package func endLease(of order: Order, holder: String) async throws {
        _ = try await pool.write([
            Statement("DELETE FROM packing_lease WHERE order_id = $1 AND holder = $2", order.id, holder)
        ])
    }

    /// An order that is packed, or kept from being packed, is nobody's any more.
    static func leaseEnded(_ order: Order) -> Statement {
        Statement("DELETE FROM packing_lease WHERE order_id = $1", order.id)
    }

    /// Forgets leases that have run out.
    package func sweep(now: Instant) async throws {
        _ = try await pool.write([Statement("DELETE FROM packing_lease WHERE until < $1", now)])
    }
}
