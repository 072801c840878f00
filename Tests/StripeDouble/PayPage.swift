/// The page that a customer pays on: one button.
enum PayPage {
    /// The currencies that Stripe counts in whole units; of all others, this page shows two decimals.
    private static let wholeCurrencies: Set<String> = [
        "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
    ]

    static func html(_ session: StripeDouble.Session) -> String {
        let back = session.cancelURL.map { "<p><a href=\"\(escaped($0))\">Back</a></p>" } ?? ""
        let content =
            session.status == .open
            ? """
            <form method="post"><button>Pay \(amount(session))</button></form>
            <form method="post" action="?later=true"><button>Pay by a method that takes days</button></form>
            \(back)
            """
            : "<p>There is nothing to pay here: this session is \(session.status.rawValue).</p>"
        return """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>Pay (no real money)</title>
            <h1>Pay</h1>
            <p>This page stands in for Stripe's. No money moves.</p>
            \(content)
            </html>
            """
    }

    private static func amount(_ session: StripeDouble.Session) -> String {
        let (amount, currency) = (session.amountTotal, escaped(session.currency.uppercased()))
        if wholeCurrencies.contains(session.currency) { return "\(amount) \(currency)" }
        let cents = amount % 100
        return "\(amount / 100).\(cents < 10 ? "0" : "")\(cents) \(currency)"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }
}
