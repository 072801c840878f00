import Commerce
import Testing

@Suite struct InstantTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"),
            (1_795_425_164_000_000, "2026-11-23T09:12:44Z"),
            (1_795_425_164_999_999, "2026-11-23T09:12:44Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00Z"),
            (86_399_000_000, "1970-01-01T23:59:59Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (-999_999, "1969-12-31T23:59:59Z"),
            (-1_000_000, "1969-12-31T23:59:59Z"),
            (-1_000_001, "1969-12-31T23:59:58Z"),
            (-86_400_000_000, "1969-12-31T00:00:00Z"),
            (-86_400_000_001, "1969-12-30T23:59:59Z"),
            (-2_203_891_201_000_000, "1900-02-28T23:59:59Z"),
        ] as [(Int64, String)]
    )
    func instantIsWrittenInUTCToTheSecond(microseconds: Int64, text: String) {
        #expect(Instant(microsecondsSince1970: microseconds).description == text)
    }

    @Test(
        arguments: [
            (0, 0), (1, 0), (999_999, 0), (1_000_000, 1), (-1, -1), (-1_000_000, -1), (-1_000_001, -2),
        ] as [(Int64, Int64)]
    )
    func secondsAreRoundedDownOnBothSidesOf1970(microseconds: Int64, seconds: Int64) {
        #expect(Instant(microsecondsSince1970: microseconds).secondsSince1970 == seconds)
    }

    @Test func durationsAreAddedToTheMicrosecond() {
        let start = Instant(microsecondsSince1970: 1_000_000)
        #expect((start + Duration.seconds(90)).microsecondsSince1970 == 91_000_000)
        #expect((start + Duration.milliseconds(1500)).microsecondsSince1970 == 2_500_000)
        #expect((start + Duration.microseconds(1)).microsecondsSince1970 == 1_000_001)
        #expect((start + Duration.milliseconds(-1500)).microsecondsSince1970 == -500_000)
        #expect(start + Duration.zero == start)
    }

    @Test func earlierInstantsSortFirst() {
        let instants = [5, -5, 0].map { Instant(microsecondsSince1970: $0) }
        #expect(instants.sorted().map(\.microsecondsSince1970) == [-5, 0, 5])
    }
}
