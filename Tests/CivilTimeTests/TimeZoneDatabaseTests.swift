import CivilTime
import Commerce
import Testing

@Suite struct TimeZoneDatabaseTests {
    private let database: TimeZoneDatabase

    init() throws {
        database = try TimeZoneDatabase(folder: zoneFolder)
    }

    private func knows(_ name: String) -> Bool { database.rules(for: name) != nil }

    @Test(arguments: [
        "Europe/London", "UTC", "Etc/UTC", "America/New_York", "America/Argentina/Buenos_Aires", "Asia/Kolkata",
        // Another name for a zone.
        "Asia/Calcutta",
    ])
    func nameOfTheTimeZoneDataIsKnown(name: String) throws {
        #expect(knows(name))
        let noon = try instant("2026-06-15T12:00:00Z")
        #expect(database.today(in: name, at: noon)?.description == "2026-06-15")
    }

    @Test(arguments: [
        "", " ", "GMT+3", "UTC+1", "+01:00", "BST", "PDT", "Europe/Nowhere", "europe/london", "EUROPE/LONDON",
        "Europe/London ", " Europe/London", "Europe/London\n", "Europe/London\u{0}", "Europe", "Europe/", "/",
        "London", "/usr/share/zoneinfo/Europe/London", "../etc/passwd", "../zoneinfo/Europe/London",
        "Europe/../Europe/London", "./Europe/London", "Europe//London",
        // Files that stand beside the zones.
        "posixrules", "posix/Europe/London", "right/Europe/London", "localtime", "tzdata.zi", "zone.tab", "leapseconds",
    ])
    func anyOtherNameIsUnknown(name: String) throws {
        #expect(!knows(name))
        let noon = try instant("2026-06-15T12:00:00Z")
        #expect(database.today(in: name, at: noon) == nil)
    }

    @Test func otherNameForAZoneHasTheSameRules() throws {
        let summer = try instant("2026-07-01T00:00:00Z")
        let kolkata = try #require(database.rules(for: "Asia/Kolkata"))
        let calcutta = try #require(database.rules(for: "Asia/Calcutta"))
        #expect(kolkata.offset(at: summer) == 19_800)
        #expect(calcutta.offset(at: summer) == 19_800)
    }

    @Test func everyZoneOfTheTableCanBeRead() throws {
        let table = String(decoding: try zoneFile("zone1970.tab"), as: UTF8.self)
        let names = table.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
            line.split(separator: "\t").dropFirst(2).first.map(String.init)
        }
        #expect(names.count > 250)
        #expect(names.filter { !knows($0) } == [])
    }

    @Test func placesAreZonesThatPeopleLookFor() {
        let places = database.places
        #expect(places == places.sorted() && Set(places).count == places.count)
        #expect(places.filter { !knows($0) } == [])
        for name in ["Europe/London", "Asia/Kolkata", "America/Argentina/Buenos_Aires", "Arctic/Longyearbyen"] {
            #expect(places.contains(name))
        }
        for name in ["UTC", "Etc/GMT+3", "US/Pacific", "GB"] {
            #expect(knows(name) && !places.contains(name))
        }
    }

    @Test func folderWithoutTimeZoneDataIsRefusedWithAdvice() {
        let fault = #expect(throws: TimeZoneDatabaseError.self) {
            try TimeZoneDatabase(folder: "/nonexistent/zoneinfo")
        }
        let description = fault?.description ?? ""
        #expect(description.contains("/nonexistent/zoneinfo/tzdata.zi"))
        #expect(description.contains("tzdata)"))
    }

    @Test(
        arguments: [
            ("Europe/London", "Europe/London"), (" europe/london ", "Europe/London"),
            ("AMERICA/NEW YORK", "America/New_York"),
            ("america/new_york", "America/New_York"), ("gb", "GB"), ("Mars/Base", nil), ("", nil),
            ("Europe / London", nil),
        ] as [(String, String?)]
    )
    func nameIsForgivenItsCaseAndItsSpaces(typed: String, name: String?) throws {
        #expect(try TimeZoneDatabase().name(typed) == name, "\(typed)")
    }
}
