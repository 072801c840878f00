import Hummingbird
import StoreHTTP

/// What the router really serves.
enum ServedRoutes {
    static func list(_ store: Store) -> [String] {
        StoreApplication.router(store, answersWrongMethods: false).routes
            .map { "\($0.method.rawValue) \($0.path.description)" }
    }
}
