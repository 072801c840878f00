import Commerce
import StoreAPI

extension MoneyBody {
    /// The amount as people write it: `45.00 GBP`.
    var text: String { Money.text(amount, currencyCode: currency) }
}
