import Crypto
package import Postgres

/// Bytes that rest in the database and that only a server with the shop's link keys can read.
package struct SealedBytes: Sendable, Hashable {
    /// The number of the link key that they are sealed under.
    package let key: Int16
    package let bytes: [UInt8]

    package init(key: Int16, bytes: [UInt8]) {
        self.key = key
        self.bytes = bytes
    }
}

extension LinkKeys {
    /// Seals bytes under the current key.
    /// - Parameter purpose: what they are: whoever opens them as something else gets nothing.
    package func seal(_ bytes: [UInt8], for purpose: String) throws(PostgresError) -> SealedBytes {
        guard let sealed = keys[current]?.seal(bytes, for: purpose) else {
            throw .misuse("\(purpose) can't be sealed: the current link key is not there")
        }
        return SealedBytes(key: current, bytes: sealed)
    }

    /// Opens what was sealed.
    /// - Throws: `PostgresError.misuse` where its key is not known here, or the bytes were changed.
    package func open(_ sealed: SealedBytes, for purpose: String) throws(PostgresError) -> [UInt8] {
        guard let bytes = keys[sealed.key]?.open(sealed.bytes, for: purpose) else {
            throw .misuse("\(purpose) can't be read with the link keys that this server has")
        }
        return bytes
    }
}

extension LinkKey {
    /// AES-256-GCM under a derived key; the nonce is random, and the purpose is part of what is authenticated.
    func seal(_ bytes: [UInt8], for purpose: String) -> [UInt8]? {
        (try? AES.GCM.seal(bytes, using: sealKey, authenticating: Array(purpose.utf8)))?.combined.map { Array($0) }
    }

    func open(_ sealed: [UInt8], for purpose: String) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed) else { return nil }
        return (try? AES.GCM.open(box, using: sealKey, authenticating: Array(purpose.utf8))).map { Array($0) }
    }
}
