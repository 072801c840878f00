/// Who does something, in which request.
public struct Actor: Sendable, Hashable {
    /// `customer`, `staff NAME`, `system`, or a payment provider's name.
    public let name: String
    public let requestID: String

    private init(name: String, requestID: String) {
        self.name = name
        self.requestID = requestID
    }

    public static func customer(_ requestID: String) -> Actor { Actor(name: "customer", requestID: requestID) }
    public static func staff(_ name: String, _ requestID: String) -> Actor {
        Actor(name: "staff \(name)", requestID: requestID)
    }
    /// A payment provider, in the request that it made or that asked it.
    public static func provider(_ name: String, _ requestID: String) -> Actor {
        Actor(name: name, requestID: requestID)
    }
    /// The store itself, by what has become due.
    public static let system = Actor(name: "system", requestID: "maintenance")
}
