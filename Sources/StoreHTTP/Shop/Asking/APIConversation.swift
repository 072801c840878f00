import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import StoreAPI

/// The storefront's only way to what it shows: the requests that any client of the API sends, answered in this process.
/// What was said is kept, so that a page can tell how it came about.
struct APIConversation: Sendable {
    /// A request and its answer.
    struct Exchange: Sendable {
        let method: HTTPRequest.Method
        let path: String
        let headers: HTTPFields
        /// JSON; empty where nothing was sent.
        let body: [UInt8]
        let status: HTTPResponse.Status
        /// Empty where nothing was answered.
        let answer: [UInt8]

        /// Whether the answer is JSON: a text that an order is placed under is not.
        var isJSON: Bool { [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(answer.first) }
    }

    /// What was answered, and its version.
    struct Reply<Value: Decodable & Sendable>: Sendable {
        let value: Value
        let entityTag: String
    }

    private let api: RouterResponder<StoreContext>
    private let context: StoreContext
    private(set) var exchanges: [Exchange] = []

    /// - Parameter context: of the request that the page is for.
    init(_ api: RouterResponder<StoreContext>, _ context: StoreContext) {
        self.api = api
        self.context = context
    }

    /// Reads something.
    /// - Throws: the `Problem` that the API answers with.
    mutating func get<Value: Decodable & Sendable>(_ path: String, as type: Value.Type) async throws -> Reply<Value> {
        try await ask(.get, path, [], [:])
    }

    /// Sends a document.
    /// - Throws: the `Problem` that the API answers with.
    mutating func send<Value: Decodable & Sendable>(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ document: some Encodable,
        _ headers: HTTPFields = [:],
        as type: Value.Type
    ) async throws -> Reply<Value> {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var headers = headers
        headers[.contentType] = "application/json"
        return try await ask(method, path, Array(try encoder.encode(document)), headers)
    }

    /// Reads a text.
    /// - Throws: the `Problem` that the API answers with.
    mutating func text(_ path: String) async throws -> String {
        String(decoding: try await answer(.get, path, [], [:]).bytes, as: UTF8.self)
    }

    private mutating func ask<Value: Decodable & Sendable>(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: [UInt8],
        _ headers: HTTPFields
    ) async throws -> Reply<Value> {
        let (bytes, fields) = try await answer(method, path, body, headers)
        let value = try JSONDecoder().decode(Value.self, from: Data(bytes))
        return Reply(value: value, entityTag: fields[.eTag] ?? "")
    }

    private mutating func answer(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: [UInt8],
        _ headers: HTTPFields
    ) async throws -> (bytes: [UInt8], headers: HTTPFields) {
        func exchange(_ status: HTTPResponse.Status, _ answer: [UInt8]) -> Exchange {
            Exchange(method: method, path: path, headers: headers, body: body, status: status, answer: answer)
        }
        let request = Request(
            head: HTTPRequest(method: method, scheme: nil, authority: nil, path: path, headerFields: headers),
            body: RequestBody(buffer: ByteBuffer(bytes: body))
        )
        // The log names the page's route, not those that it asked.
        let route = context.coreContext.endpointPath.value
        defer { context.coreContext.endpointPath.value = route }
        do {
            let response = try await api.respond(to: request, context: context)
            guard response.status.kind == .successful else { throw Problem(.notFound) }
            let answer = AnswerCollector()
            try await response.body.write(answer)
            exchanges.append(exchange(response.status, answer.bytes))
            return (answer.bytes, response.headers)
        } catch {
            guard let problem = Problem(of: error) else { throw error }
            let text = JSONWriter.bytes(problem.body(requestID: context.requestID))
            exchanges.append(exchange(problem.type.status, text))
            throw problem
        }
    }
}

/// Takes an answer's body instead of the network.
final class AnswerCollector: ResponseBodyWriter {
    private(set) var bytes: [UInt8] = []

    func write(_ buffer: ByteBuffer) async throws { bytes.append(contentsOf: buffer.readableBytesView) }
    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
