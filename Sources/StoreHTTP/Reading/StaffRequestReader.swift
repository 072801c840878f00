import Catalog
import Commerce
import HTTPTypes
import Hummingbird
import JSONFields
import Orders
import Records
import Staff

/// Reads a request of the staff: who asks, whether their role may, and that an act happens once however often it is sent.
struct StaffRequestReader: Sendable {
    let store: Store

    /// Who asks, where their token is live and their role may.
    func member(_ request: Request, _ role: StaffRole) async throws -> StaffToken {
        let header = request.headers[.authorization] ?? ""
        guard header.lowercased().hasPrefix("bearer "), let secret = StaffSecret(text: String(header.dropFirst(7))),
            let token = try await store.staff.token(secret, now: store.now())
        else {
            var problem = Problem(.unauthorised)
            problem.headers[.wwwAuthenticate] = "Bearer"
            throw problem
        }
        guard token.role >= role else { throw Problem(.forbidden, "This needs the role \(role.rawValue).") }
        return token
    }

    /// How the order is found that the path names, by its number in any case, with or without dashes.
    func locator(_ context: StoreContext) throws -> OrderLocator {
        let text = context.parameters.get("number") ?? ""
        guard let number = OrderNumber(text) else {
            throw Problem(
                .notFound,
                "This is no order's number: one looks like DM-7K4Q-99, and a slip of the finger shows."
            )
        }
        return .number(number)
    }

    /// Nobody has such an order: a number of another shop's, or one that was never given.
    static var noSuchOrder: Problem { Problem(.notFound, "There is no order of this number.") }

    func order(_ context: StoreContext) async throws -> Order {
        guard let order = try await store.orders.order(locator(context)) else { throw Self.noSuchOrder }
        return order
    }

    /// Who does what is asked, under which key.
    struct Act: Sendable {
        let member: StaffToken
        let key: IdempotencyKey
        let actor: Actor
        let now: Instant
    }

    /// Reads an act: its key and its body. Where none has to be given, a key is made up.
    /// - Parameter known: the body where it was read already: it can be read once only.
    func act<Asked: Sendable>(
        _ request: Request,
        _ context: StoreContext,
        _ member: StaffToken,
        needsKey: Bool = true,
        body known: [UInt8]? = nil,
        _ read: @escaping @Sendable (Fields) -> Asked?
    ) async throws -> (Act, Asked) {
        let (key, asked) = try await request.act(
            of: "staff \(member.name)",
            context,
            needsKey: needsKey,
            isBodyOptional: !needsKey,
            body: known,
            read
        )
        return (
            Act(member: member, key: key, actor: .staff(member.name, context.requestID), now: store.now()), asked
        )
    }

    /// The same for an act that has nothing to say.
    func act(_ request: Request, _ context: StoreContext, _ member: StaffToken) async throws -> Act {
        try await act(request, context, member, needsKey: false, Fields.none).0
    }
}

extension Fields {
    /// A calendar date; nil where it is absent or not one (which is reported).
    func date(_ name: String) -> CalendarDate? {
        guard let text = text(name) else { return nil }
        let date = CalendarDate(text)
        if date == nil { report(name, "notADate", "This is not a day of the calendar, as YYYY-MM-DD.") }
        return date
    }
}

extension HTTPField.Name {
    static let wwwAuthenticate = HTTPField.Name.of("WWW-Authenticate")
}
