import Foundation
import NIOHTTP1
import StoreAPI
import Synchronization
import TestSupport
import Testing

/// What was asked and answered in a test, one of each operation: what the contract and its pages show.
final class Examples: Sendable {
    private struct Example {
        let path: String
        let headers: [String: String]
        let status: Int
        /// JSON.
        let request: [UInt8]?
        /// JSON.
        let answer: [UInt8]?
    }

    private let store: TestStore
    private let seen = Mutex<[String: Example]>([:])

    init(_ store: TestStore) { self.store = store }

    /// Asks an operation, and keeps what was said.
    /// - Parameters:
    ///   - member: the header that says which of the staff asks: it is not shown.
    ///   - showsAnswer: whether what is answered is short enough to be shown.
    @discardableResult
    func show(
        _ id: String,
        _ path: String,
        _ body: String? = nil,
        _ headers: [String: String] = [:],
        by member: [String: String] = [:],
        showsAnswer: Bool = true
    ) async throws -> Answer {
        let check = ContractCheck.shared
        let template = try #require(check.template(path), "\(path) is not described")
        let operations = check.document.paths[template].fields
        let (method, operation) = try #require(
            operations.first { $0.value.operationId.text == id },
            "\(path) is not \(id)"
        )
        let answer = try await store.send(
            HTTPMethod(rawValue: method.uppercased()),
            path,
            body,
            headers.merging(member) { $1 }
        )
        #expect((200...299).contains(answer.status), "\(id): \(answer.status) \(answer.text.prefix(600))")
        if let body {
            let schema = operation.requestBody.content["application/json"].schema
            let faults = check.faults(in: try JSON(Array(body.utf8)), schema, at: "")
            #expect(faults.isEmpty, "the request of \(id): \(faults)")
        }
        let isJSON = answer.headers.first(name: "Content-Type")?.hasPrefix("application/json") == true
        let example = Example(
            path: path,
            headers: headers,
            status: answer.status,
            request: body.map { Array($0.utf8) },
            answer: isJSON && showsAnswer ? answer.body : nil
        )
        seen.withLock { $0[id] = example }
        return answer
    }

    /// Each operation that takes or answers JSON, and the tag that it is under.
    private static var operations: [(id: String, tag: String)] {
        // Only Stripe can sign what it sends.
        ContractCheck.shared.document.paths.fields.values.flatMap(\.fields.values)
            .filter { $0.operationId != "receiveStripeEvent" }
            .filter { operation in
                ([operation.requestBody] + operation.responses.fields.values).contains {
                    $0.content["application/json"] != .null
                } || operation.responses["204"] != .null
            }
            .map { ($0.operationId.text, $0.tags[0].text) }
    }

    /// Holds what the contract shows against what was seen.
    func compare() throws {
        let shown = try JSON(Array(Contract.reference.utf8)).tags.entries.flatMap { $0.operations.entries }
        for (id, _) in Self.operations {
            let example = shown.first { $0.id.text == id }?.example ?? .null
            guard let seen = seen.withLock({ $0[id] }) else {
                Issue.record("\(id) has no example: let the test of examples ask it")
                continue
            }
            guard example != .null else {
                Issue.record("\(id) has no example in the contract: write them with AFTERCARE_WRITE_GOLDEN=1")
                continue
            }
            #expect(example.status.int == seen.status, "\(id)")
            #expect(Set(example.headers.fields.keys) == Set(seen.headers.keys), "\(id)")
            for (part, text, bytes) in [
                ("request", example.request, seen.request), ("answer", example.answer, seen.answer),
            ] {
                let old = text == .null ? [] : try Self.shape(JSON(Array(text.text.utf8)))
                let new = try bytes.map { try Self.shape(JSON($0)) } ?? []
                #expect(old == new, "the \(part) of \(id) has another shape: \(old.symmetricDifference(new).sorted())")
            }
        }
    }

    /// Where a value has what: each place with its type, the entries of a list as one.
    private static func shape(_ value: JSON, at place: String = "") -> Set<String> {
        switch value {
        case .object(let fields):
            fields.reduce(into: ["\(place) object"]) { $0.formUnion(shape($1.value, at: "\(place)/\($1.key)")) }
        case .array(let entries):
            entries.reduce(into: ["\(place) array"]) { $0.formUnion(shape($1, at: "\(place)/*")) }
        case .null: ["\(place) null"]
        case .bool: ["\(place) boolean"]
        case .number: ["\(place) number"]
        case .string: ["\(place) string"]
        }
    }

    /// Writes what was seen into the contract: a file for each tag.
    func write(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (tag, operations) in Dictionary(grouping: Self.operations, by: \.tag) {
            var examples: [String: Any] = [:]
            for (id, _) in operations {
                guard let seen = seen.withLock({ $0[id] }) else { continue }
                var example: [String: Any] = ["path": seen.path, "status": seen.status, "headers": seen.headers]
                if let request = seen.request { example["request"] = try Self.object(request) }
                if let answer = seen.answer { example["answer"] = try Self.object(answer) }
                examples[id] = example
            }
            let name = tag.lowercased().replacing(" ", with: "-")
            let document = try JSONSerialization.data(
                withJSONObject: ["examples": examples],
                options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            )
            try (document + Data("\n".utf8)).write(to: folder.appending(path: "\(name)-examples.json"))
        }
    }

    private static func object(_ bytes: [UInt8]) throws -> Any {
        masked(try JSONSerialization.jsonObject(with: Data(bytes)))
    }

    /// Without secrets, which are made up too, but look like those that are not.
    private static func masked(_ value: Any) -> Any {
        switch value {
        case let fields as [String: Any]: fields.mapValues(masked)
        case let entries as [Any]: entries.map(masked)
        case let text as String where text.hasPrefix("whsec_") || text.hasPrefix("aftercare_staff_"): "shown once"
        default: value
        }
    }
}
