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
    /// Whether what was before it is compared no more: somebody said that the database was restored.
    package let isBeginning: Bool
    package let heads: [OrderHead]
    /// 32 bytes.
    package let code: [UInt8]

    init(
        at: Instant,
        key: Int16,
        position: OrderLog.Position,
        isBeginning: Bool,
        heads: [OrderHead],
        after: [UInt8],
        secret: SymmetricKey
    ) {
        (self.at, self.key, self.position, self.isBeginning, self.heads) = (at, key, position, isBeginning, heads)
        code = Self.code(Self.text(at, key, position, isBeginning, heads), after, secret)
    }

    private init(
        at: Instant,
        key: Int16,
        position: OrderLog.Position,
        isBeginning: Bool,
        heads: [OrderHead],
        code: [UInt8]
    ) {
        (self.at, self.key, self.position, self.isBeginning, self.heads) = (at, key, position, isBeginning, heads)
        self.code = code
    }

    /// Whether it is as it was written, behind the one before it.
    /// - Parameter before: the code of that one; empty for the first.
    func isTrue(after before: [UInt8], secret: SymmetricKey) -> Bool {
        Self.code(Self.text(at, key, position, isBeginning, heads), before, secret) == code
    }

    private static func code(_ text: String, _ before: [UInt8], _ secret: SymmetricKey) -> [UInt8] {
        var message = ChainMessage()
        message.add(before)
        message.add(text)
        return Array(HMAC<SHA256>.authenticationCode(for: message.bytes, using: secret))
    }

    // MARK: As lines of text

    /// A line for each head, and one for the checkpoint itself.
    var text: String { Self.text(at, key, position, isBeginning, heads) + " \(code.hexadecimal)\n" }

    private static func text(
        _ at: Instant,
        _ key: Int16,
        _ position: OrderLog.Position,
        _ isBeginning: Bool,
        _ heads: [OrderHead]
    ) -> String {
        let timeline = position.timeline.map { " timeline \($0)" } ?? ""
        return heads.map { "order \($0.order) \($0.count) \($0.code.hexadecimal)\n" }.joined()
            + "checkpoint \(at) key \(key) cluster \(position.cluster)\(timeline) snapshot \(position.snapshot)"
            + (isBeginning ? " anew" : "")
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
            guard words.count >= 9, words[0] == "checkpoint", words[2] == "key", words[4] == "cluster",
                let at = Instant(String(words[1])), let key = Int16(words[3]), let cluster = Int64(words[5])
            else { throw .notACheckpoint(line: number) }
            var rest = words[6...]
            let timeline = rest.first == "timeline" ? rest.dropFirst().first.flatMap { Int64($0) } : nil
            if timeline != nil { rest = rest.dropFirst(2) }
            guard rest.count >= 3, rest.first == "snapshot", let snapshot = rest.dropFirst().first else {
                throw .notACheckpoint(line: number)
            }
            rest = rest.dropFirst(2)
            let isBeginning = rest.first == "anew"
            if isBeginning { rest = rest.dropFirst() }
            guard rest.count == 1, let last = rest.first, let code = Self.code(last) else {
                throw .notACheckpoint(line: number)
            }
            defer { heads = [] }
            return Checkpoint(
                at: at,
                key: key,
                position: OrderLog.Position(
                    snapshot: DatabaseSnapshot(String(snapshot)),
                    cluster: cluster,
                    timeline: timeline
                ),
                isBeginning: isBeginning,
                heads: heads,
                code: code
            )
        }

        private static func code(_ word: Substring) -> [UInt8]? {
            [UInt8](hexadecimal: word).flatMap { $0.count == 32 ? $0 : nil }
        }
    }
}
