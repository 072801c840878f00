import Hummingbird
import Orders
import Staff

/// The staff's routes: each is added with the role that it needs, and is reached by nobody else.
struct StaffRouter {
    /// Answers a request of somebody who may send it.
    typealias Handler = @Sendable (Request, StoreContext, StaffToken) async throws -> Response

    let router: Router<StoreContext>
    let reader: StaffRequestReader

    func get(_ path: RouterPath, _ role: StaffRole, use handler: @escaping Handler) { on(.get, path, role, handler) }
    func post(_ path: RouterPath, _ role: StaffRole, use handler: @escaping Handler) { on(.post, path, role, handler) }
    func put(_ path: RouterPath, _ role: StaffRole, use handler: @escaping Handler) { on(.put, path, role, handler) }
    func delete(_ path: RouterPath, _ role: StaffRole, use handler: @escaping Handler) {
        on(.delete, path, role, handler)
    }

    private func on(
        _ method: HTTPRequest.Method,
        _ path: RouterPath,
        _ role: StaffRole,
        _ handler: @escaping Handler
    ) {
        router.on(path, method: method) { [reader] request, context in
            do {
                return try await handler(request, context, reader.member(request, role))
            } catch OrderError.unknown {
                throw StaffRequestReader.noSuchOrder
            }
        }
    }
}
