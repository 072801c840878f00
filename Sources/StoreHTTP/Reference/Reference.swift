import FoundationEssentials
import StoreAPI

/// What the contract says, as the pages of the reference show it.
struct Reference: Decodable, Sendable {
    struct Tag: Decodable, Sendable {
        let name: String
        let description: String
        let operations: [Operation]
    }

    struct Operation: Decodable, Sendable {
        let id: String
        let method: String
        let path: String
        let summary: String
        let description: String?
        /// The least role that may, of a route for the staff.
        let role: String?
        let parameters: [Field]
        let request: Request?
        /// Those that say that it was done.
        let answers: [Answer]
        let problems: [ProblemName]
        let example: Example?
    }

    struct Request: Decodable, Sendable {
        let media: String
        let isRequired: Bool
        let type: String?
        let description: String?
    }

    struct Answer: Decodable, Sendable {
        let status: String
        let description: String
        let media: [String]
        let type: String?
        let headers: [Header]
    }

    struct Header: Decodable, Sendable {
        let name: String
        let description: String?
    }

    struct ProblemName: Decodable, Sendable {
        let status: String
        let name: String
    }

    /// What was asked and answered once.
    struct Example: Decodable, Sendable {
        let path: String
        let headers: [String: String]
        /// JSON.
        let request: String?
        let status: Int
        /// JSON.
        let answer: String?
    }

    struct NamedType: Decodable, Sendable {
        let name: String
        let description: String?
        let words: [String]
        let fields: [Field]
    }

    /// A field of a type, or a parameter of an operation.
    struct Field: Decodable, Sendable {
        let name: String
        /// Where a parameter stands: path, query or header.
        let `in`: String?
        let isRequired: Bool
        let isNullable: Bool
        let isList: Bool
        let kind: String
        /// The named types that it is one of.
        let types: [String]
        let words: [String]
        let limits: String
        let description: String?
    }

    let tags: [Tag]
    let types: [NamedType]

    /// The contract's. One that can't be read is a mistake of the program and ends it.
    static let contract: Reference = {
        do {
            return try JSONDecoder().decode(Reference.self, from: Data(Contract.reference.utf8))
        } catch { preconditionFailure("the reference can't be read: \(error)") }
    }()

    var operations: [Operation] { tags.flatMap(\.operations) }
}
