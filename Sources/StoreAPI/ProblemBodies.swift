/// What is wrong with one field.
package struct FieldErrorBody: Codable, Sendable, Hashable {
    package let pointer: String
    package let code: String
    package let detail: String

    package init(pointer: String, code: String, detail: String) {
        self.pointer = pointer
        self.code = code
        self.detail = detail
    }
}

/// Why a request was not done (RFC 9457).
package struct ProblemBody: Codable, Sendable, Hashable {
    package let type: String
    package let title: String
    package let status: Int
    package let detail: String
    package let errors: [FieldErrorBody]?
    package let current: CartBody?
    package let old: MoneyBody?
    package let new: MoneyBody?
    package let order: String?
    package let requestId: String

    package init(
        type: String,
        title: String,
        status: Int,
        detail: String,
        errors: [FieldErrorBody]?,
        current: CartBody?,
        old: MoneyBody?,
        new: MoneyBody?,
        order: String?,
        requestId: String
    ) {
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.errors = errors
        self.current = current
        self.old = old
        self.new = new
        self.order = order
        self.requestId = requestId
    }
}
