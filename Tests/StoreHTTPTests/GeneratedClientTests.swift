import Foundation
import NIOHTTP1
import Staff
import TestSupport
import Testing

/// Generators and validators that others wrote read the contract, and the clients that they make of it place orders.
@Suite(DatabaseTrait.store) struct GeneratedClientTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Clients/clients.py").path()

    @Test(
        .enabled("the generators, esbuild, Node.js and TypeScript are installed") {
            Installed.generators("openapi-generator-cli", "openapi-python-client", "openapi-spec-validator")
                && Installed.has("esbuild", "node", "tsc")
        }
    )
    func clientsOfOthersPlaceOrders() async throws {
        try await TestStore.run { store in
            let told = try await withTestFolder { folder in
                try await Installed.runGenerator("python", [Self.script, store.url, folder])
            }
            let steps = try told.split(separator: "\n").map { try JSON(Array($0.utf8)) }
            #expect(steps.count == 10, "\(told)")
            for step in steps { #expect(step.status == 0, "\(step.step.text): \(step.said.text)") }
            let orders = steps.filter { $0.step.text.hasSuffix(" order") }
            for order in orders {
                let (name, order) = (order.step.text, order.said)
                #expect(order.number.text.hasPrefix("DM-") && order.number == order.again, "\(name)")
                #expect(order.sessions == ["2026-12-02", "2026-12-12"], "\(name)")
                #expect(order.total == 4500 && order.status == "unpaid", "\(name)")
                #expect(order.days.int ?? 0 > 30, "\(name)")
            }
            #expect(Set(orders.map(\.said.number)).count == 3)
            #expect(try await store.number("SELECT count(*) AS n FROM orders") == 3)
        }
    }

    /// Requests that are made up from the contract, right and wrong ones: each answer is one that the contract describes,
    /// and none is the store's own fault. The same requests each time.
    @Test(.enabled("Schemathesis is installed") { Installed.generators("schemathesis") })
    func madeUpRequestsAreAnsweredAsTheContractSays() async throws {
        try await TestStore.run { store in
            let manager = try await store.staff(.manager)
            // What waits for events, what calls other servers, and what only Stripe can sign is tried elsewhere.
            let others = ["listEvents", "testWebhooks", "receiveStripeEvent"]
            let told = try await withTestFolder { folder in
                try await Installed.runGenerator(
                    "schemathesis",
                    [
                        "run", store.url + "/openapi.json", "--url", store.url, "--seed", "7", "--max-examples", "4",
                        "--phases", "examples,fuzzing", "--checks",
                        "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
                        "--suppress-health-check", "all", "--warnings", "off", "--no-shrink",
                        "--request-timeout", "600",
                        "--report-junit-path", "\(folder)/report.xml", "--header",
                        "Authorization: \(manager["Authorization"] ?? "")",
                        // An answer without its body can't be described beside the same with one.
                        "--header", "Prefer: return=representation",
                    ] + others.flatMap { ["--exclude-operation-id", $0] }
                )
            }
            #expect(told.contains("No issues found"), "\(told.suffix(6000))")
            try await store.checkInvariants()
        }
    }
}
