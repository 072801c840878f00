import Commerce
import HTTPTypes
import NIOHTTP1
import TestSupport
import Testing

@testable import StoreHTTP

/// Answers without a body, and routes that are going away.
@Suite(DatabaseTrait.store) struct PreferenceTests {
    @Test func aCartIsChangedWithoutBeingSentBack() async throws {
        try await TestStore.run { store in
            let minimal = ["Prefer": "return=minimal"]
            let made = try await store.send(.POST, "/v1/carts", TestStore.kitChoice, minimal)
            #expect(made.status == 201 && made.body.isEmpty && made.etag == "\"1\"")
            #expect(made.headers["Preference-Applied"] == ["return=minimal"])
            let path = try #require(made.headers.first(name: "Location"))
            var etag = made.etag
            for (method, place, body) in [
                (HTTPMethod.PUT, "", TestStore.kitChoice as String?),
                (.PUT, "/items/CLEANSE-SHAMPOO", #"{"quantity": 2}"#), (.DELETE, "/items/CLEANSE-SHAMPOO", nil),
                (.DELETE, "/course", nil), (.PUT, "/course", TestStore.exampleCourse),
            ] {
                let changed = try await store.send(
                    method,
                    path + place,
                    body,
                    minimal.merging(["If-Match": etag]) { $1 }
                )
                #expect(changed.status == 204 && changed.body.isEmpty, "\(place): \(changed.text)")
                #expect(changed.etag != etag && !changed.etag.isEmpty, "\(place)")
                #expect(changed.headers["Preference-Applied"] == ["return=minimal"])
                #expect(changed.headers["Content-Type"].isEmpty)
                etag = changed.etag
            }
            // What went wrong is told whole, and whoever prefers nothing is sent the cart.
            let conflict = try await store.send(
                .PUT,
                path,
                TestStore.kitChoice,
                minimal.merging(["If-Match": "\"1\""]) { $1 }
            )
            #expect(conflict.status == 412 && conflict.json.current.id != .null)
            #expect(conflict.headers["Preference-Applied"].isEmpty)
            let whole = try await store.send(.PUT, path, TestStore.kitChoice, ["If-Match": etag])
            #expect(whole.status == 200 && whole.json.id != .null && whole.headers["Preference-Applied"].isEmpty)
            #expect(try await store.send(.GET, path, nil, minimal).status == 200)
        }
    }

    @Test(arguments: [
        ("return=minimal", true), ("Return = \"minimal\"", true), ("respond-async, return=minimal; foo=bar", true),
        ("return=representation", false), ("return=representation, return=minimal", false), ("return", false),
        ("minimal", false), ("returns=minimal", false), ("", false), ("return=minimal=x", false),
    ])
    func aPreferenceIsReadAsItIsWritten(header: String, isMinimal: Bool) async throws {
        try await TestStore.run { store in
            let made = try await store.send(.POST, "/v1/carts", "{}", ["Prefer": header])
            #expect(made.status == 201 && made.body.isEmpty == isMinimal, "\(header)")
        }
    }

    @Test func whatIsGoingAwaySaysSinceAndUntilWhen() throws {
        let since = Instant(microsecondsSince1970: 1_688_169_599_000_000)
        let sunset = try #require(CalendarDate("2027-01-06")).daysSince1970
        let deprecated = Deprecated(
            since: since,
            sunset: Instant(microsecondsSince1970: Int64(sunset) * 86_400_000_000 - 1_000_000),
            guide: "/docs/versions"
        )
        #expect(deprecated.fields[.deprecation] == "@1688169599")
        #expect(deprecated.fields[.sunset] == "Tue, 05 Jan 2027 23:59:59 GMT")
        #expect(deprecated.fields[.link] == "</docs/versions>; rel=\"deprecation\"")
        let open = Deprecated(since: since, sunset: nil, guide: "/docs/versions")
        #expect(open.fields[.sunset] == nil)
        #expect(Instant(microsecondsSince1970: 784_111_777_000_000).httpDate == "Sun, 06 Nov 1994 08:49:37 GMT")
    }
}
