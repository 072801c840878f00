import CivilTime
package import Commerce
import Crypto
import Encodings
package import Orders
import Records

/// What the logs and the ledger came to at an instant: the orders that had changed since the checkpoint before it, each
/// with its head, and a code under the audit key over this checkpoint and all before it.
package struct Checkpoint: Sendable, Equatable {
    package let at: Instant
    /// The number of the link key from which the audit key is derived.
    package let key: Int16
    /// What of the logs was there.
    package let position: OrderLog.Position
    package let heads: [OrderHead]
    /// 32 bytes.
    package let code: [UInt8]

    init(at: Instant, key: Int16, position: OrderLog.Position, heads: [OrderHead], after: [UInt8], secret: SymmetricKey)
    {
        (self.at, self.key, self.position, self.heads) = (at, key, position, heads)
        code = Self.code(Self.text(at, key, position, heads), after, secret)
    }

    private init(at: Instant, key: Int16, position: OrderLog.Position, heads: [OrderHead], code: [UInt8]) {
        (self.at, self.key, self.position, self.heads, self.code) = (at, key, position, heads, code)
    }

    /// Whether it is as it was written, behind the one before it.
    /// - Parameter before: the code of that one; empty for the first.
    func isTrue(after before: [UInt8], secret: SymmetricKey) -> Bool {
        Self.code(Self.text(at, key, position, heads), before, secret) == code
    }

    private static func code(_ text: String, _ before: [UInt8], _ secret: SymmetricKey) -> [UInt8] {
        var message = ChainMessage()
        message.add(before)
        message.add(text)
        return Array(HMAC<SHA256>.authenticationCode(for: message.bytes, using: secret))
    }

    // MARK: As lines of text

    /// A line for each head, and one for the checkpoint itself.
    var text: String { Self.text(at, key, position, heads) + " \(code.hexadecimal)\n" }

    private static func text(_ at: Instant, _ key: Int16, _ position: OrderLog.Position, _ heads: [OrderHead]) -> String
    {
        heads.map { "order \($0.order) \($0.count) \($0.code.hexadecimal)\n" }.joined()
            + "checkpoint \(at) key \(key) cluster \(position.cluster) snapshot \(position.snapshot)"
    }

    /// Reads checkpoints one after the other.
    struct Reader {
        private var heads: [OrderHead] = []

        /// Takes in a line; the checkpoint that it ends.
        /// - Throws: `AuditError.notACheckpoint` where it is no line of ours.
        mutating func read(_ line: Substring, number: Int) throws(AuditError) -> Checkpoint? {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            if words.count == 4, words[0] == "order", let order = Int64(words[1]), let count = Int(words[2]),
                let code = Self.code(words[3])
            {
                heads.append(OrderHead(order: order, count: count, code: code))
                return nil
            }
            guard words.count == 9, words[0] == "checkpoint", words[2] == "key", words[4] == "cluster",
                words[6] == "snapshot", let at = Instant(String(words[1])), let key = Int16(words[3]),
                let cluster = Int64(words[5]), let code = Self.code(words[8])
            else { throw .notACheckpoint(line: number) }
            defer { heads = [] }
            return Checkpoint(
                at: at,
                key: key,
                position: OrderLog.Position(snapshot: DatabaseSnapshot(String(words[7])), cluster: cluster),
                heads: heads,
                code: code
            )
        }

        private static func code(_ word: Substring) -> [UInt8]? {
            [UInt8](hexadecimal: word).flatMap { $0.count == 32 ? $0 : nil }
        }
    }
}
