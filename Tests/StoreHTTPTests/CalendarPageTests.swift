import CivilTime
import NIOHTTP1
import StoreHTTP
import TestSupport
import Testing

/// The way from a page into a calendar, as a browser without scripts goes it.
@Suite(DatabaseTrait.store) struct CalendarPageTests {
    /// Where the form for a reminder leads to that a page has.
    private func form(_ page: Answer) throws -> String {
        let form = try #require(page.text.firstMatch(of: /<form class="remind" action="([^"]*)">/))
        #expect(page.text.contains(#"<option value="">no reminder</option><option>06:00</option>"#))
        return String(form.1)
    }

    private func links(_ page: Answer) -> [String] {
        page.text.matches(of: /<a class="button[^"]*" href="([^"]*)"/).map { String($0.1) }
    }

    @Test(arguments: [("http://store.test", "webcal://store.test"), ("https://store.test", "webcals://store.test")])
    func hourThatIsChosenIsInEveryWayIn(url: String, scheme: String) async throws {
        try await TestStore.run(settings: { $0.publicURL = url }) { store in
            let order = try await store.order()
            let (guide, calendar) = (order.guide.page.text, order.guide.calendar.text)
            let ways = [
                (page: guide, form: guide + "/calendar", feed: guide + "/guide.ics"),
                (page: order.page.text, form: String(calendar.dropLast(4)), feed: calendar),
            ]
            for way in ways {
                let action = try form(try await store.send(.GET, way.page))
                #expect(action == way.form)
                let silent = try await store.send(.GET, action + "?remindAt=")
                #expect(links(silent) == [scheme + way.feed, url + way.feed])
                #expect(silent.words.contains("Your calendar shows the days"))

                let chosen = try await store.send(.GET, action + "?remindAt=07:00")
                #expect(chosen.text.contains("<option selected>07:00</option>"))
                #expect(chosen.words.contains("rings at 07:00"))
                let query = "?remindAt=07:00"
                #expect(links(chosen) == [scheme + way.feed + query, url + way.feed + query])
                let file = try await store.send(.GET, way.feed + query)
                #expect(file.text.contains("TRIGGER:PT7H0M") && file.text.contains("BEGIN:VEVENT"))
                #expect(try await !store.send(.GET, way.feed + "?remindAt=").text.contains("VALARM"))
            }
        }
    }

    @Test func anotherTimeIsKeptAndAWrongOneIsRefused() async throws {
        try await TestStore.run { store in
            let page = try await store.order().guide.page.text + "/calendar"
            let odd = try await store.send(.GET, page + "?remindAt=05:45&from=elsewhere")
            #expect(odd.text.contains("<option selected>05:45</option><option>06:00"))
            for wrong in ["25:00", "7", "07:00x", "%3Cb%3E"] {
                let answer = try await store.send(.GET, page + "?remindAt=\(wrong)")
                #expect(answer.status == 422 && answer.text.contains("notATime"), "\(wrong)")
            }
        }
    }

    @Test func calendarThatIsSwitchedOffHasNoWayIn() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let page = String(order.guide.calendar.text.dropLast(4))
            #expect(try await store.send(.GET, page).status == 200)
            let off = [("link", "calendar"), ("act", "revoke")]
            #expect(try await store.submit(order.page.text + "/links", off).status == 303)
            #expect(try await store.send(.GET, page).status == 404)
            #expect(try await !store.send(.GET, order.page.text).text.contains("remindAt"))
        }
    }

    @Test func zonesAreThereToChooseFrom() async throws {
        try await TestStore.run { store in
            let page = try await store.send(.GET, try await store.order().page.text)
            #expect(page.input("name=\"timeZone\"").contains("list=\"zones\""))
            let list = try #require(page.text.firstMatch(of: #/<datalist id="zones">(.*?)</datalist>/#)?.1)
            let zones = list.matches(of: /<option value="([^"]*)">/).map { String($0.1) }
            #expect(zones == store.store.timeZones.places && zones.count > 300)
        }
    }
}
