import FoundationEssentials

/// One request to the store.
struct StoreRequest: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    let method: Method
    let path: StorePath
    /// JSON.
    var body: [UInt8]?
    /// The version that the change was made to.
    var version: Int?
    /// Whether its key outlives this run, so that running the command again repeats the change instead of making another.
    var keepsKey = true
    /// A key that is given instead of a fresh one.
    var key: String?
    /// Whether the shop's visitors may send it too: then no token goes along.
    var isPublic = false

    /// How long the store may take, where that is longer than usual.
    var timeout: Duration?

    /// Whether it changes something, and so carries a key.
    var isChange: Bool { method != .get }

    static func get(_ path: StorePath) -> StoreRequest { StoreRequest(method: .get, path: path) }

    static func change(_ method: Method, _ path: StorePath) -> StoreRequest { StoreRequest(method: method, path: path) }

    static func change(_ method: Method, _ path: StorePath, _ body: some Encodable) throws -> StoreRequest {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return StoreRequest(method: method, path: path, body: Array(try encoder.encode(body)))
    }
}
