public import Commerce
package import UsageGuide

/// What stands around a guide: whose it is, and which revision. Beyond this and the dates, no format tells anything of
/// the client.
public struct GuideCover: Hashable, Sendable {
    /// As the client typed it; every format escapes and isolates it.
    public let firstName: String
    public let orderNumber: String
    public let revision: Int
    public let issuedAt: Instant
    /// Whether the order was cancelled: then nothing rings, and nothing is in the order.
    public let isCancelled: Bool

    /// A cover from its parts.
    public init(firstName: String, orderNumber: String, revision: Int, issuedAt: Instant, isCancelled: Bool = false) {
        self.firstName = firstName
        self.orderNumber = orderNumber
        self.revision = revision
        self.issuedAt = issuedAt
        self.isCancelled = isCancelled
    }

    /// What is said first: that the order was cancelled, or what the document has to say.
    package func note(_ document: GuideDocument, _ content: GuideContent) -> String? {
        isCancelled ? content.text(.noteCancelled) : document.note
    }

    /// Where a client has a product from.
    package func source(_ product: GuideDocument.Product, _ content: GuideContent) -> String {
        isCancelled ? content.text(.productAtHome) : product.source
    }
}

extension String {
    /// Text that somebody typed, shut in so that its direction of writing touches nothing around it. Marks of direction
    /// inside it go: one of them could open what is shut.
    package var isolated: String {
        let kept = unicodeScalars.filter { scalar in
            switch scalar.value {
            case 0x061C, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: false
            default: true
            }
        }
        return "\u{2068}\(String(String.UnicodeScalarView(kept)))\u{2069}"
    }
}
