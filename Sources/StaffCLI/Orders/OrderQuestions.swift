import StoreAPI

/// What has to be said of an order that is taken for a customer, and how it is asked for. What somebody typed is kept
/// until the order is placed: a slip costs one line.
struct OrderQuestions: Sendable {
    /// What somebody has said.
    private var values: [Question: String]

    enum Question: String, CaseIterable, Sendable {
        case items
        case name
        case email
        case line1
        case city
        case postalCode
        case country

        var text: String {
            switch self {
            case .items: "Products, such as DM-KIT=2 RESTORE-LOTION"
            case .name: "Customer's name"
            case .email: "E-mail address"
            case .line1: "Street and number"
            case .city: "Town"
            case .postalCode: "Postal code"
            case .country: "Country, such as GB"
            }
        }

        var option: String {
            switch self {
            case .items: "--item"
            case .postalCode: "--postal-code"
            default: "--\(rawValue)"
            }
        }
    }

    /// - Parameter known: what need not be asked for.
    init(_ known: [Question: String?]) { values = known.compactMapValues(\.self) }

    subscript(_ question: Question) -> String { values[question] ?? "" }

    /// The products, once all was asked for.
    var items: [ItemArgument] { self[.items].split(separator: " ").compactMap { ItemArgument(argument: String($0)) } }

    /// Asks for what nobody has said yet.
    mutating func ask(_ console: Console) async throws {
        for question in Question.allCases {
            values[question] = try await console.required(values[question], question.text, option: question.option)
            if question == .items { try await correctItems(console) }
        }
    }

    /// Asks again for what the store refused.
    /// - Returns: whether that was something that is asked for; else nothing was.
    mutating func askAgain(after refusal: StaffError, _ console: Console) async throws -> Bool {
        let refused = Set(refusal.fields.map(Self.question))
        guard !refused.isEmpty, !refused.contains(nil) else { return false }
        for sentence in refusal.sentences {
            // Which field it is, the question says.
            let field = refusal.fields.first { sentence.hasPrefix("\($0): ") }
            console.note(field.map { String(sentence.dropFirst($0.count + 2)) } ?? sentence, .alarm)
        }
        for question in Question.allCases where refused.contains(question) {
            values[question] = try await console.revised(self[question], question.text)
            if question == .items { try await correctItems(console) }
        }
        return true
    }

    /// Asks again until every word is a product.
    private mutating func correctItems(_ console: Console) async throws {
        while let wrong = self[.items].split(separator: " ").first(where: { ItemArgument(argument: String($0)) == nil })
        {
            let sentence = "\(wrong) is not a product: one looks like DM-KIT=2."
            guard console.context.inputIsTerminal else { throw StaffError(.wrongUse, sentence) }
            console.note(sentence, .alarm)
            values[.items] = try await console.revised(self[.items], Question.items.text)
        }
    }

    /// Which question a field of the request answers: `/order/customer/email`, `/cart/items/0/sku`.
    private static func question(_ pointer: String) -> Question? {
        let parts = pointer.split(separator: "/").map { String($0) }
        return parts.contains("items") ? .items : parts.last.flatMap { Question(rawValue: $0) }
    }
}
