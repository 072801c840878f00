import FoundationEssentials
import StoreAPI

/// What a customer has to say yes to before the store takes an order: the notices that a refusal carries.
enum Notices {
    /// The notices; nil where the answer is something else.
    static func of(_ answer: StoreAnswer) -> [CartNoticeBody]? {
        guard answer.status == 409,
            let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(answer.body)),
            refusal.type.hasSuffix("/not-accepted")
        else { return nil }
        return refusal.current.notices
    }
}

/// A problem of which only the cart's notices are read.
private struct Refusal: Decodable {
    struct Cart: Decodable {
        let notices: [CartNoticeBody]
    }

    let type: String
    let current: Cart
}
