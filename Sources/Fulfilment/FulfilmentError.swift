/// Why an order is not packed or sent.
package enum FulfilmentError: Error, Sendable {
    /// Somebody else packs it.
    case leased(FulfilmentStore.Lease)
    /// Why it can't be packed now, as a sentence.
    case notPackable(String)
    /// Why it can't be sent, delivered or taken back, as a sentence.
    case notShippable(String)
    /// Why a tracking number may be mistyped, as a sentence.
    case doubtfulTrackingNumber(String)
    /// What was put into the box is wrong.
    case wrongContents([Packing.Mistake])
}
