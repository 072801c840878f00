package import Commerce
package import Postgres
package import Records

/// The one act after which an order can't be read any more.
extension OrderStore {
    /// Erases an order, as a decision says, while nobody else can change it.
    /// - Parameters:
    ///   - key: kept with what is written.
    ///   - query: what else the decision needs, read in the same moment.
    /// - Throws: `OrderError.erased` where it was done before, `OrderError.unknown`, or what the decision throws.
    package func erase<Extra: Sendable>(
        _ id: Int64,
        key: IdempotencyKey?,
        now: Instant,
        reading query: Query<Extra>,
        decide: (Order, Extra) throws -> [Statement]
    ) async throws {
        try await pool.transaction { transaction in
            let (found, extra) = try await transaction.read(after: [lock(.id(id))], reading(.id(id)), query)
            guard let order = found else { throw OrderError.unknown }
            _ = try await transaction.commit((key.map { [$0.kept(now: now)] } ?? []) + (try decide(order, extra)))
        }
        changes.notify()
    }
}
