import Commerce
import Crypto
import Orders
import Payments
import Records

/// How far an order's log and ledger are, and what they come to under the audit key: each entry's code is an HMAC of the
/// one before it and of all that the entry says, so that none is changed, added or taken away without the key.
package struct OrderHead: Sendable, Equatable {
    package let order: Int64
    /// Entries of the log so far.
    package let count: Int
    /// The code of the last of them; 32 bytes.
    package let code: [UInt8]

    package init(order: Int64, count: Int, code: [UInt8]) {
        (self.order, self.count, self.code) = (order, count, code)
    }
}

/// The codes of one order's entries.
struct OrderChain {
    /// The code after each entry; the first is that of no entry.
    private let codes: [[UInt8]]
    let order: Int64

    /// - Parameters:
    ///   - entries: of the order's log, by their sequence.
    ///   - ledger: the order's movements of money, each of which belongs to an entry.
    init(_ order: Int64, _ entries: [OrderLog.Record], _ ledger: [PaymentStore.LedgerRecord], key: SymmetricKey) {
        self.order = order
        let movements = Dictionary(grouping: ledger) { $0.sequence }
        var codes = [
            Self.code(key) {
                $0.add("order"); $0.add(order)
            }
        ]
        for entry in entries {
            let before = codes[codes.count - 1]
            codes.append(
                Self.code(key) { message in
                    message.add(before)
                    entry.add(to: &message)
                    for movement in movements[entry.sequence] ?? [] { movement.add(to: &message) }
                }
            )
        }
        self.codes = codes
    }

    /// Entries of the log.
    var count: Int { codes.count - 1 }

    /// How the order stands after its last entry.
    var head: OrderHead { OrderHead(order: order, count: count, code: codes[count]) }

    /// Whether the first entries are those that a head was made of; nil where there are fewer.
    func agrees(with head: OrderHead) -> Bool? { head.count <= count ? codes[head.count] == head.code : nil }

    private static func code(_ key: SymmetricKey, _ write: (inout ChainMessage) -> Void) -> [UInt8] {
        var message = ChainMessage()
        write(&message)
        return Array(HMAC<SHA256>.authenticationCode(for: message.bytes, using: key))
    }
}

/// What a code is made of: each part with its length before it, so that no two rows read alike.
struct ChainMessage {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ part: [UInt8]) {
        withUnsafeBytes(of: UInt32(part.count).bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: part)
    }
    mutating func add(_ text: String) { add(Array(text.utf8)) }
    mutating func add(_ number: some FixedWidthInteger) {
        add(withUnsafeBytes(of: Int64(number).bigEndian) { Array($0) })
    }
    mutating func add(_ number: Int64?) { if let number { add(number) } else { add([]) } }
}

extension OrderLog.Record {
    fileprivate func add(to message: inout ChainMessage) {
        message.add("entry")
        message.add(sequence)
        message.add(at.microsecondsSince1970)
        message.add(kind)
        message.add(actor)
        message.add(requestID)
        message.add(amount)
        message.add(reason.hash)
        message.add(transaction)
    }
}

extension PaymentStore.LedgerRecord {
    fileprivate func add(to message: inout ChainMessage) {
        message.add("money")
        message.add(kind)
        message.add(amount)
        message.add(at.microsecondsSince1970)
        message.add(actor)
        message.add(attempt)
        message.add(adjustment.map { Int64($0) })
        message.add(reference.hash)
    }
}
