import NIOHTTP1
import Staff
import TestSupport

/// What customers and staff do to an order, by its paths.
extension TestStore {
    /// What a customer does by the order's link.
    func own(_ order: JSON, _ act: String, _ body: String? = "{}", key: String = "own") async throws -> Answer {
        try await send(.POST, "/v1/orders/\(order.token.text)/\(act)", body, ["Idempotency-Key": key])
    }

    /// What somebody of the staff does.
    func staff(
        _ order: JSON,
        _ act: String,
        _ body: String?,
        by role: StaffRole = .manager,
        key: String = "staff"
    ) async throws -> Answer {
        let headers = try await staff(role).merging(["Idempotency-Key": key]) { $1 }
        return try await send(.POST, "/v1/staff/orders/\(order.number.text)/\(act)", body, headers)
    }
}
