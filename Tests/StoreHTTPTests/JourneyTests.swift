import Foundation
import NIOHTTP1
import Postgres
import TestSupport
import Testing

@Suite(DatabaseTrait.store) struct JourneyTests {
    @Test func aKitWithDatesBecomesAnOrderWithThoseDatesInItsGuide() async throws {
        try await TestStore.run { store in
            let products = try await store.send(.GET, "/v1/products?currency=GBP")
            #expect(products.json.data.entries.map(\.sku.text).first == "DM-KIT")
            let kit = try await store.send(.GET, "/v1/products/DM-KIT?currency=EUR")
            #expect(kit.json.price.currency == "EUR")

            let made = try await store.send(.POST, "/v1/carts")
            #expect(made.status == 201)
            let path = try #require(made.headers.first(name: "Location"))
            let filled = try await store.send(.PUT, path, TestStore.kitChoice, ["If-Match": made.etag])
            #expect(filled.json.totals.total.amount == 4500)
            #expect(filled.json.problems == [])
            #expect(filled.json.course.washIntervalDays == 3)

            let placed = try await store.checkout(path, key: "journey")
            #expect(placed.status == 201, "\(placed.text)")
            let order = placed.json
            #expect(order.status == "placed" && order.payment.status == "unpaid")
            #expect(order.items[0].includes.entries.map(\.available.int) == [1, 1, 1, 1])
            let read = try await store.send(.GET, try #require(placed.headers.first(name: "Location")))
            #expect(read.body == placed.body)

            let guide = try await store.send(.GET, order.guide.json.text)
            let days = guide.json.plan.days.entries
            #expect(days.count == 48)
            let washes = days.filter { $0.actions.entries.contains("wash") }.map(\.date.text)
            #expect(
                washes.prefix(9) == [
                    "2026-12-03", "2026-12-05", "2026-12-07", "2026-12-10", "2026-12-14", "2026-12-16", "2026-12-18",
                    "2026-12-21", "2026-12-24",
                ]
            )
            #expect(washes.last == "2027-01-17")
            #expect(guide.json.products.entries.allSatisfy { $0.inOrder == true })

            let page = try await store.send(.GET, order.guide.page.text)
            #expect(page.text.contains("7 days to go"))
            #expect(
                page.text.contains("Ada") && !page.text.contains("ada@example.com") && !page.text.contains("Example")
            )
            #expect(page.headers.first(name: "Referrer-Policy") == "no-referrer")
            #expect(page.headers.first(name: "X-Robots-Tag") == "noindex")
            #expect(try await store.send(.GET, order.page.text).text.contains(order.number.text))
            try await store.checkInvariants()
        }
    }

    @Test func aPlanNeedsNoOrder() async throws {
        try await TestStore.run { store in
            let answer = try await store.send(
                .POST,
                "/v1/plan",
                #"{"course": \#(TestStore.exampleCourse), "items": [{"sku": "RESTORE-LOTION"}]}"#
            )
            #expect(answer.status == 200)
            #expect(
                answer.json.plan.milestones.entries.map(\.code.text) == [
                    "scabsGone", "activity", "zeroShine", "fullResult",
                ]
            )
            #expect(answer.json.products.entries.map { $0.inOrder } == [false, false, true, false])
            let undated = try await store.send(.POST, "/v1/plan", #"{"course": null}"#)
            #expect(undated.json.plan.status == "undated")
            #expect(undated.json.plan.days.entries.map(\.day.int) == Array(0...36))
            #expect(undated.json.plan.milestones.entries.first?.fromDay == 10)
        }
    }

    /// The plan as JSON, byte for byte as storefronts know it.
    @Test func aPlanInJSONIsAsItWasReleased() async throws {
        try await TestStore.run { store in
            let answer = try await store.send(
                .POST,
                "/v1/plan?words=false",
                #"{"course": \#(TestStore.exampleCourse), "items": [{"sku": "DM-KIT"}]}"#
            )
            let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/plan.json")
            if ProcessInfo.processInfo.environment["AFTERCARE_WRITE_GOLDEN"] != nil {
                try Data(answer.body).write(to: file)
                Issue.record("plan.json was written, not compared")
            }
            #expect(try Data(contentsOf: file) == Data(answer.body))
        }
    }

    @Test func healthTellsAliveAndReady() async throws {
        try await TestStore.run { store in
            #expect(try await store.send(.GET, "/healthz").status == 200)
            #expect(try await store.send(.GET, "/readyz").status == 200)
            _ = try await store.pool.write([Statement("DELETE FROM migration WHERE number = 3")])
            #expect(try await store.send(.GET, "/readyz").status == 503)
        }
    }

    @Test func everyRouteIsInTheContractAndEveryProblemAnswers() async throws {
        try await TestStore.run { store in
            let contract = try await store.send(.GET, "/openapi.json")
            #expect(contract.text.contains("http://store.test"))
            let described = ContractCheck.shared.document.paths.fields.flatMap { path, item in
                item.fields.keys.filter { ["get", "post", "put", "delete"].contains($0) }.map {
                    "\($0.uppercased()) \(path)"
                }
            }
            #expect(Set(described) == Set(ServedRoutes.list(store.store)))
            for path in ContractCheck.shared.document.components.schemas.Problem.properties.type.enum.entries {
                #expect(try await store.send(.GET, path.text).status == 200)
            }
        }
    }
}
