import Commerce
import GuideFormats
import Synchronization
import UsageGuide

/// The proofs of guides that were made lately. A proof is the hash of a whole document, which takes longer to write than
/// everything else about an order; and many clients have the same dates and the same kit.
final class GuideProofs: Sendable {
    private struct Key: Hashable {
        let regimen: String
        let course: Course?
        let products: [Guide.Product]
        let content: String
    }

    /// The most proofs that are kept; the oldest half goes when there are more.
    private static let keptMax = 8192

    private let kept = Mutex<(young: [Key: [UInt8]], old: [Key: [UInt8]])>(([:], [:]))

    /// The proof of a guide's document in the words of a content.
    func proof(of guide: Guide, content: GuideContent) -> [UInt8] {
        let key = Key(
            regimen: guide.plan.regimen,
            course: guide.plan.course,
            products: guide.products,
            content: content.version
        )
        if let known = kept.withLock({ $0.young[key] ?? $0.old[key] }) { return known }
        let proof = GuideText.proof(GuideDocument(guide, content: content), content: content)
        kept.withLock { kept in
            kept.young[key] = proof
            if kept.young.count >= Self.keptMax / 2 { kept = ([:], kept.young) }
        }
        return proof
    }
}
