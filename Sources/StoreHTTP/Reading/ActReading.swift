import HTTPTypes
import Hummingbird
import JSONFields
import Records

extension Request {
    /// Reads an act: the key under which it is done once, and what is asked.
    /// - Parameters:
    ///   - caller: whom a key belongs to, beside the path and the method.
    ///   - needsKey: where none is given and none is needed, one is made up.
    ///   - known: the body where it was read already: it can be read once only.
    func act<Asked: Sendable>(
        of caller: String,
        _ context: StoreContext,
        needsKey: Bool,
        isBodyOptional: Bool,
        body known: [UInt8]? = nil,
        _ read: @escaping @Sendable (Fields) -> Asked?
    ) async throws -> (key: IdempotencyKey, asked: Asked) {
        let given = needsKey ? try requiredIdempotencyKey() : try idempotencyKey()
        let key = given ?? context.requestID
        let bytes: [UInt8]
        if let known { bytes = known } else { bytes = try await jsonBytes(isOptional: isBodyOptional) }
        let asked = try Fields.request(bytes, read)
        let canonical = (try? Fields.canonical(bytes)) ?? bytes
        return (
            IdempotencyKey(
                // The path itself, not its template: a key belongs to one order.
                scope: hash(method.rawValue, uri.path, caller, key),
                fingerprint: hash(String(decoding: canonical, as: UTF8.self))
            ), asked
        )
    }

    /// The body of a request that has nothing to say.
    func emptyBody() async throws { _ = try Fields.request(try await jsonBytes(isOptional: true), Fields.none) }
}

extension Fields {
    /// Reads that there is nothing.
    @Sendable static func none(_ fields: Fields) -> Bool? {
        fields.allow()
        return true
    }
}
