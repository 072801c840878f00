package import Crypto
package import Postgres

/// The keys that this server makes and reads links with, agreed with the database.
package struct LinkKeys: Sendable {
    /// Why a server must not start with its keys.
    package enum KeyError: Error, Sendable, CustomStringConvertible {
        case unknownKeyInUse
        case tooMany

        /// What happened and what to do.
        package var description: String {
            switch self {
            case .unknownKeyInUse:
                """
                the links of this database were made with a link key that this server does not have: give it the key \
                that the other servers use (AFTERCARE_LINK_KEY), or name the former keys in AFTERCARE_LINK_KEY_PREVIOUS
                """
            case .tooMany:
                """
                this database has had 16 link keys, and a link has room for no more: go on with one of them \
                (AFTERCARE_LINK_KEY)
                """
            }
        }
    }

    /// The number under which the database knows the current key: what new links are made with.
    package let current: Int16
    let keys: [Int16: LinkKey]

    /// Keys by their numbers.
    /// - Parameter current: the number of the one that new links are made with.
    package init(current: Int16, keys: [Int16: LinkKey]) {
        self.current = current
        self.keys = keys
    }

    /// The key under which logs and ledger are proven, of the link key with a number; nil where this server lacks that.
    package func auditKey(_ number: Int16) -> SymmetricKey? { keys[number]?.auditKey }

    /// The link to a target.
    /// - Throws: `PostgresError.misuse` where its key is not known here, or a link has no room for it.
    package func link(_ purpose: LinkPurpose, to target: LinkTarget) throws(PostgresError) -> Link {
        guard let token = keys[target.key]?.token(purpose, to: target) else {
            throw .misuse("\(purpose) \(target.id) has a link that this program can't make")
        }
        return Link(token: token, target: target)
    }

    /// The link of a purpose that a secret is; nil for one that was never made. No database is asked.
    package func link(_ purpose: LinkPurpose, _ token: LinkToken) -> Link? {
        for (number, key) in keys {
            if let target = key.target(purpose, of: token, number: number) { return Link(token: token, target: target) }
        }
        return nil
    }

    private static let known = Query(
        each: Statement("SELECT number, fingerprint, check_value FROM link_key ORDER BY number")
    ) { row in
        (
            number: try row.value("number", as: Int16.self),
            fingerprint: try row.value("fingerprint", as: Bytea.self).bytes,
            checkValue: try row.value("check_value", as: Bytea.self).bytes
        )
    }

    /// A key as a database knows it.
    private typealias Known = (number: Int16, fingerprint: [UInt8], checkValue: [UInt8])

    /// The keys by the numbers under which the database knows them. Nothing is written: the current one may be one that it
    /// has not been told of yet.
    /// - Throws: `KeyError` when a key is missing.
    package static func look(for current: LinkKey, previous: [LinkKey], in pool: Pool) async throws -> LinkKeys {
        let known = try await pool.read(Self.known)
        let added = try addition(of: current, previous: previous, to: known)
        return try LinkKeys(current, previous: previous, known: added.map { known + [$0] } ?? known)
    }

    /// Agrees with the database: every key it has ever used must be among these, and the current one is made known to
    /// it.
    /// - Throws: `KeyError` when a key is missing, so that no server with another key serves this database.
    package static func agree(on current: LinkKey, previous: [LinkKey], with pool: Pool) async throws -> LinkKeys {
        let known = try await pool.transaction { transaction in
            // Servers that start at once follow one another: a number is one key's.
            let known = try await transaction.read(
                after: [Statement("LOCK TABLE link_key IN SHARE ROW EXCLUSIVE MODE")],
                Self.known
            )
            guard let added = try addition(of: current, previous: previous, to: known) else { return known }
            _ = try await transaction.commit([
                Statement(
                    "INSERT INTO link_key (number, fingerprint, check_value) VALUES ($1, $2, $3)",
                    added.number,
                    Bytea(added.fingerprint),
                    Bytea(added.checkValue)
                )
            ])
            return known + [added]
        }
        return try LinkKeys(current, previous: previous, known: known)
    }

    /// The current key as a database is to know it; nil where it does.
    private static func addition(
        of current: LinkKey,
        previous: [LinkKey],
        to known: [Known]
    ) throws(KeyError) -> Known? {
        let all = [current] + previous
        guard known.allSatisfy({ row in all.contains { $0.fingerprint == row.fingerprint } }) else {
            throw .unknownKeyInUse
        }
        if known.contains(where: { $0.fingerprint == current.fingerprint }) { return nil }
        let number = (known.last?.number ?? -1) + 1
        guard number <= LinkTarget.keyMax else { throw .tooMany }
        return (number: number, fingerprint: current.fingerprint, checkValue: current.checkValue)
    }

    private init(_ current: LinkKey, previous: [LinkKey], known: [Known]) throws(KeyError) {
        let all = [current] + previous
        var keys: [Int16: LinkKey] = [:]
        for row in known {
            guard let key = all.first(where: { $0.fingerprint == row.fingerprint }), key.checkValue == row.checkValue
            else { throw .unknownKeyInUse }
            keys[row.number] = key
        }
        guard let own = known.first(where: { $0.fingerprint == current.fingerprint }) else { throw .unknownKeyInUse }
        self.init(current: own.number, keys: keys)
    }
}
