/// An amount of money: whole minor units of one currency.
public struct Money: Hashable, Sendable {
    /// Minor units: 4500 is £45.00.
    public let amount: Int64
    /// The currency that the minor units are of.
    public let currency: Currency

    /// The most that any amount may be, so that sums of thousands of lines still fit an integer.
    public static let amountMax: Int64 = 1_000_000_000_000

    /// An amount of minor units.
    public init(_ amount: Int64, _ currency: Currency) {
        self.amount = amount
        self.currency = currency
    }
}
