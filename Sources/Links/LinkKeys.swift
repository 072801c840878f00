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

    /// Whether every key that a database has ever used is among some. Nothing is written.
    package static func holds(_ keys: [LinkKey], allOf pool: Pool) async throws -> Bool {
        try await pool.read(known).allSatisfy { row in keys.contains { $0.fingerprint == row.fingerprint } }
    }

    /// Agrees with the database: every key it has ever used must be among these, and the current one is made known to
    /// it.
    /// - Throws: `KeyError` when a key is missing, so that no server with another key serves this database.
    package static func agree(on current: LinkKey, previous: [LinkKey], with pool: Pool) async throws -> LinkKeys {
        let all = [current] + previous
        let known = try await pool.transaction { transaction in
            // Servers that start at once follow one another: a number is one key's.
            let known = try await transaction.read(
                after: [Statement("LOCK TABLE link_key IN SHARE ROW EXCLUSIVE MODE")],
                Self.known
            )
            guard known.allSatisfy({ row in all.contains { $0.fingerprint == row.fingerprint } }) else {
                throw KeyError.unknownKeyInUse
            }
            if known.contains(where: { $0.fingerprint == current.fingerprint }) { return known }
            let number = (known.last?.number ?? -1) + 1
            guard number <= LinkTarget.keyMax else { throw KeyError.tooMany }
            _ = try await transaction.commit([
                Statement(
                    "INSERT INTO link_key (number, fingerprint, check_value) VALUES ($1, $2, $3)",
                    number,
                    Bytea(current.fingerprint),
                    Bytea(current.checkValue)
                )
            ])
            return known + [(number, current.fingerprint, current.checkValue)]
        }
        var keys: [Int16: LinkKey] = [:]
        for row in known {
            guard let key = all.first(where: { $0.fingerprint == row.fingerprint }), key.checkValue == row.checkValue
            else { throw KeyError.unknownKeyInUse }
            keys[row.number] = key
        }
        guard let own = known.first(where: { $0.fingerprint == current.fingerprint }) else {
            throw KeyError.unknownKeyInUse
        }
        return LinkKeys(current: own.number, keys: keys)
    }
}
