import Crypto
import CryptoExtras
package import Encodings
import FoundationEssentials

/// A file that only whoever knows a passphrase can read: AES-256-GCM under a key that scrypt makes of the passphrase.
///
/// Its bytes: a mark, 16 of salt, what is sealed with its nonce, and a SHA-256 of all that, which tells a file that was
/// damaged from a passphrase that is another.
package enum PassphraseSeal {
    static let mark = Array("aftercare sealed 1\n".utf8)
    private static let saltCount = 16
    /// 64 MiB and a fifth of a second for each guess.
    private static let rounds = 1 << 16

    /// Why a file can't be read.
    package enum Fault: Error, Sendable { case damaged, wrongPassphrase }

    /// Seals bytes.
    package static func seal(_ bytes: [UInt8], passphrase: Secret) throws -> [UInt8] {
        let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }
        let key = try key(passphrase, salt)
        let box = try AES.GCM.seal(bytes, using: key, authenticating: mark)
        let whole = mark + salt + (box.combined.map { Array($0) } ?? [])
        return whole + Array(SHA256.hash(data: whole))
    }

    /// Opens what was sealed.
    /// - Throws: `Fault`.
    package static func open(_ file: [UInt8], passphrase: Secret) throws -> [UInt8] {
        let (salt, box) = try parts(of: file)
        let key = try key(passphrase, salt)
        guard let opened = try? AES.GCM.open(box, using: key, authenticating: mark) else { throw Fault.wrongPassphrase }
        return Array(opened)
    }

    /// The salt of a file, and what is sealed in it.
    /// - Throws: `Fault.damaged` where it is not as it was written.
    static func parts(of file: [UInt8]) throws(Fault) -> (salt: [UInt8], box: AES.GCM.SealedBox) {
        let whole = Array(file.dropLast(SHA256.byteCount))
        guard whole.count > mark.count + saltCount, whole.starts(with: mark),
            Array(SHA256.hash(data: whole)) == Array(file.suffix(SHA256.byteCount)),
            let box = try? AES.GCM.SealedBox(combined: whole.dropFirst(mark.count + saltCount))
        else { throw .damaged }
        return (Array(whole.dropFirst(mark.count).prefix(saltCount)), box)
    }

    private static func key(_ passphrase: Secret, _ salt: [UInt8]) throws -> SymmetricKey {
        try KDF.Scrypt.deriveKey(
            from: Array(passphrase.text.utf8),
            salt: salt,
            outputByteCount: 32,
            rounds: rounds,
            blockSize: 8,
            parallelism: 1
        )
    }
}
