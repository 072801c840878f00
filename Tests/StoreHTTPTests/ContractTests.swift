import Catalog
import NIOHTTP1
import Fulfilment
import Orders
import Staff
import StoreAPI
import StoreHTTP
import TestSupport
import Testing

/// What the contract says of roles and of words, held against what is so.
@Suite(DatabaseTrait.store) struct ContractTests {
    /// A value for each part of a path that is left open.
    private static let samples = [
        "{number}": "DM-7K4Q-92", "{name}": "nobody", "{date}": "2026-11-24", "{sku}": "DM-KIT", "{lot}": "L-0",
    ]

    @Test func eachStaffRouteIsOpenToTheRoleThatTheContractNamesAndToNoneBelow() async throws {
        try await TestStore.run { store in
            var tokens: [(role: StaffRole, header: [String: String])] = []
            for role in StaffRole.allCases {
                let (secret, _) = try await store.store.staff.create(
                    name: role.rawValue,
                    role: role,
                    now: store.store.now(),
                    lifetime: .seconds(3600)
                )
                tokens.append((role, ["Authorization": "Bearer \(secret.text)"]))
            }
            let staff = ServedRoutes.list(store.store).filter { $0.contains(" /v1/staff/") }
            #expect(!staff.isEmpty)
            for route in staff {
                let (method, template) = (route.prefix { $0 != " " }, String(route.drop { $0 != " " }.dropFirst()))
                let operation = ContractCheck.shared.document.paths[template][method.lowercased()]
                let needed = try #require(StaffRole(rawValue: operation["x-role"].text), "\(route) names no role")
                let path = Self.samples.reduce(template) { $0.replacing($1.key, with: $1.value) }
                let verb = HTTPMethod(rawValue: String(method))
                #expect(try await store.send(verb, path).status == 401, "\(route)")
                for (role, header) in tokens {
                    let status = try await store.send(verb, path, nil, header).status
                    #expect((status == 403) == (role < needed) && status != 401, "\(route) \(role): \(status)")
                }
            }
        }
    }

    @Test func everyProblemThatThereIsIsNamed() {
        let document = ContractCheck.shared.document
        let types = document.components.schemas.Problem.properties.type.enum.entries.map(\.text)
        #expect(types.sorted() == ProblemType.allCases.map(\.path).sorted())
        let names = document.components.parameters.ProblemName.schema.enum.entries.map(\.text)
        #expect(names.sorted() == ProblemType.allCases.map(\.rawValue).sorted())
    }

    @Test func everyOperationHasANameASummaryAndATagThatIsExplained() {
        let document = ContractCheck.shared.document
        let tags = Set(document.tags.entries.map(\.name.text))
        for (path, operations) in document.paths.fields {
            for (method, operation) in operations.fields {
                let place: Comment = "\(method) \(path)"
                #expect(!operation.operationId.text.isEmpty && !operation.summary.text.isEmpty, place)
                #expect(operation.tags.entries.count == 1, place)
                #expect(tags.contains(operation.tags[0].text), place)
            }
        }
    }

    /// A header that is not an ETag, and a query parameter that is not there, are refused.
    @Test func whatAnyRequestMayBeRefusedForIsDescribed() {
        let document = ContractCheck.shared.document
        for (path, operations) in document.paths.fields where path.hasPrefix("/v1/") {
            for (method, operation) in operations.fields {
                let parameters = operation.parameters.entries.map { parameter in
                    let name = parameter["$ref"].text.split(separator: "/").last.map(String.init) ?? ""
                    return name.isEmpty ? parameter : document.components.parameters[name]
                }
                if parameters.contains(where: { $0.name == "If-Match" }) {
                    #expect(operation.responses["400"] != .null, "\(method) \(path)")
                }
                if parameters.contains(where: { $0.in == "query" }) {
                    #expect(operation.responses["422"] != .null, "\(method) \(path)")
                }
            }
        }
    }

    /// Nothing that is sent or answered as JSON is left open: makers of clients need a name for it.
    @Test func everyBodyHasASchemaWithAName() {
        let document = ContractCheck.shared.document
        // What others sign, and this document itself.
        let open = ["receiveStripeEvent", "getContract"]
        for (path, operations) in document.paths.fields {
            for (method, operation) in operations.fields where !open.contains(operation.operationId.text) {
                let bodies = [operation.requestBody] + operation.responses.fields.values
                for body in bodies {
                    let schema = body.content["application/json"].schema
                    #expect(schema == .null || schema["$ref"] != .null, "\(method) \(path): \(schema)")
                }
            }
        }
    }

    @Test func theWordsOfTheContractAreThoseOfTheShop() {
        #expect(Role.allCases.map(\.rawValue) == StaffRole.allCases.map(\.rawValue))
        #expect(HoldReason.allCases.map(\.rawValue) == Order.Hold.Reason.allCases.map(\.rawValue))
        #expect(Set(OrderLink.allCases.map(\.rawValue)) == Set(Order.SharedLink.allCases.map(\.rawValue)))
        for word in OrderStatus.allCases { #expect(Order.Status(rawValue: word.rawValue) != nil) }
        for word in PaymentStatus.allCases { #expect(Order.PaymentStatus(rawValue: word.rawValue) != nil) }
        for word in FulfilmentStatus.allCases { #expect(Order.FulfilmentStatus(rawValue: word.rawValue) != nil) }
        for word in QueueState.allCases { #expect(QueueEntry.State(rawValue: word.rawValue) != nil) }
        for word in StockStatus.allCases { #expect(Availability.Status(rawValue: word.rawValue) != nil) }
        for word in ProductKind.allCases { #expect(Product.Kind(rawValue: word.rawValue) != nil) }
        for word in CatalogChangeKind.allCases { #expect(CatalogChange.Kind(rawValue: word.rawValue) != nil) }
    }
}
