package import Postgres

/// The keys that this server makes links with, agreed with the database.
package struct LinkKeys: Sendable {
    /// Why a server must not start with its keys.
    package enum Fault: Error, Sendable, CustomStringConvertible {
        case unknownKeyInUse

        /// What happened and what to do.
        package var description: String {
            switch self {
            case .unknownKeyInUse:
                """
                the links of this database were made with a link key that this server does not have: give it the key \
                that the other servers use (AFTERCARE_LINK_KEY), or name the former key in AFTERCARE_LINK_KEY_PREVIOUS
                """
            }
        }
    }

    /// The number under which the database knows the current key.
    package let currentID: Int16
    private let keys: [Int16: LinkKey]

    /// The key that new links are made with.
    package var current: LinkKey? { keys[currentID] }

    /// A key by the number that a cart or an order carries.
    package func key(_ id: Int16) -> LinkKey? { keys[id] }

    /// Agrees with the database: every key it has ever used must be among these, and the current one is made known to
    /// it.
    /// - Throws: `Fault` when a key is missing, so that no server with another key serves this database.
    package static func agree(on current: LinkKey, previous: [LinkKey], with pool: Pool) async throws -> LinkKeys {
        _ = try await pool.write([
            Statement(
                """
                INSERT INTO link_key (fingerprint, check_value) SELECT $1, $2
                WHERE NOT EXISTS (SELECT 1 FROM link_key WHERE fingerprint <> ALL ($3::bytea[]))
                ON CONFLICT (fingerprint) DO NOTHING
                """,
                Bytea(current.fingerprint),
                Bytea(current.checkValue),
                ([current] + previous).map { Bytea($0.fingerprint) }
            )
        ])
        var keys: [Int16: LinkKey] = [:]
        var currentID: Int16?
        for row in try await pool.read(Statement("SELECT id, fingerprint, check_value FROM link_key ORDER BY id")) {
            let fingerprint: Bytea = try row.value("fingerprint")
            let checkValue: Bytea = try row.value("check_value")
            guard let key = ([current] + previous).first(where: { $0.fingerprint == fingerprint.bytes }),
                key.checkValue == checkValue.bytes
            else { throw Fault.unknownKeyInUse }
            let id: Int16 = try row.value("id")
            keys[id] = key
            if key.fingerprint == current.fingerprint { currentID = id }
        }
        guard let currentID else { throw Fault.unknownKeyInUse }
        return LinkKeys(currentID: currentID, keys: keys)
    }
}
