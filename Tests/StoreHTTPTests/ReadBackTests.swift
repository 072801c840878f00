import Glibc
import NIOHTTP1
import TestSupport
import Testing

/// What is served, read by programs that were written by others: a calendar library, a PDF reader, a scanner and a
/// browser. Where one of them is not installed its test says that it did not run.
@Suite(DatabaseTrait.store) struct ReadBackTests {
    private static let readCalendar = """
        import sys, icalendar
        calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
        for event in calendar.walk("VEVENT"):
            assert not event.errors, event.errors
            print(event["UID"], event["SEQUENCE"], event["STATUS"], event.decoded("DTSTART"), event.decoded("DTEND"),
                  len(event.walk("VALARM")), event["SUMMARY"], sep="|")
        """

    @Test(
        .enabled("python3-icalendar is installed") {
            Installed.has("python3") && access("/usr/lib/python3/dist-packages/icalendar", R_OK) == 0
        }
    )
    func anotherCalendarLibraryReadsTheSameEventsBeforeAndAfterAMove() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let before = try await store.send(.GET, order.guide.calendar.text + "?remindAt=07:00")
            let lines = try await Installed.run("python3", ["-c", Self.readCalendar], on: before.body)
                .split(separator: "\n").map { $0.split(separator: "|").map(String.init) }
            #expect(lines.count { $0[6].hasPrefix("Wash") } == 17)
            #expect(lines.allSatisfy { $0[1] == "0" && $0[2] == "CONFIRMED" && $0[5] == "1" })
            let second = try #require(lines.first { $0[6] == "Your second session" })
            #expect(second[3...4] == ["2026-12-12", "2026-12-13"])

            let moved = #"{"timeZone": "Europe/London", "sessions": ["2026-12-01", "2026-12-19"]}"#
            let path = "/v1/orders/\(order.token.text)/course"
            #expect(try await store.send(.PUT, path, moved, ["If-Match": "\"1\""]).status == 200)
            let after = try await store.send(.GET, order.guide.calendar.text)
            let later = try await Installed.run("python3", ["-c", Self.readCalendar], on: after.body)
                .split(separator: "\n").map { $0.split(separator: "|").map(String.init) }
            #expect(later.allSatisfy { $0[1] == "1" && $0[5] == "0" })
            let same = try #require(later.first { $0[0] == second[0] })
            #expect(same[3...4] == ["2026-12-19", "2026-12-20"])
            #expect(Set(lines.map { $0[0] }).isSubset(of: Set(later.map { $0[0] })))
            #expect(Set(later.map { $0[0] }).count == later.count)
        }
    }

    @Test(.enabled("WeasyPrint, Poppler and ZBar are installed") { Installed.has("weasyprint", "pdftoppm", "zbarimg") })
    func theCodeOnPaperLeadsToThePage() async throws {
        try await TestStore.run { store in
            let page = try await store.order().guide.page.text
            for sheet in ["insert", "sheet"] {
                let pdf = try await store.send(.GET, "\(page)/\(sheet).pdf")
                try await withTestFolder { folder in
                    let picture = folder + "/page"
                    _ = try await Installed.run(
                        "pdftoppm",
                        ["-r", "120", "-l", "1", "-png", "-singlefile", "-", picture],
                        on: pdf.body
                    )
                    let codes = try await Installed.run(
                        "zbarimg",
                        ["-q", "--raw", "-Sdisable", "-Sqrcode.enable", picture + ".png"]
                    )
                    #expect(codes == "http://store.test\(page)\n")
                }
            }
        }
    }

    @Test(.enabled("Chromium is installed") { Installed.has("chromium") })
    func aBrowserShowsThePageAndAsksNobodyElse() async throws {
        try await TestStore.run { store in
            let page = try await store.order(course: TestStore.course(["2026-11-21", "2026-12-10"])).guide.page.text
            try await withTestFolder { folder in
                let html = try await Installed.chromium(
                    "--virtual-time-budget=2000",
                    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
                    "--dump-dom",
                    open: store.url + page,
                    in: folder
                )
                #expect(html.contains("<h1>Day 3 <small>after your first session</small></h1>"))
                #expect(html.contains("data-step=\"ointment\""))
                #expect(html.contains("aria-current=\"date\""))
            }
        }
    }

    /// Measures a page in frames of the width of phones, with text as it is and at 200 %: nothing scrolls sideways, no
    /// line of text is clipped, no column is narrower than a word, whatever the name and the month.
    private static let measure = """
        <body><script>
        const names = ["Oluwaseun", "Wolfeschlegelsteinhausenbergerdorff", "Ng"]
        const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December"]
        const found = []
        async function look(file, width, size) {
            const frame = document.createElement("iframe")
            frame.width = width; frame.height = 900; frame.src = file
            document.body.append(frame)
            await new Promise(done => frame.onload = done)
            const page = frame.contentDocument, root = page.documentElement
            root.style.fontSize = size
            const say = what => found.push(`${file}, ${width} px, ${size}: ${what}`)
            if (root.scrollWidth > root.clientWidth) say("scrolls sideways")
            const line = page.querySelector(".eyebrow")
            if (file == "guide.html") for (const name of names) for (const month of months) {
                line.textContent = `${name} · Wednesday 30 ${month}`
                if (line.scrollHeight > line.clientHeight + 1) say(line.textContent + " is clipped")
                if (root.scrollWidth > root.clientWidth) say(line.textContent + " scrolls sideways")
            }
            const em = parseFloat(getComputedStyle(root).fontSize)
            for (const text of page.querySelectorAll(".text, .when, .when + span, .kit li > div"))
                if (text.checkVisibility() && text.clientWidth > 0 && text.clientWidth < 4 * em) say(text.textContent)
            frame.remove()
        }
        (async () => {
            for (const file of ["guide.html", "order.html", "calendar.html", "sheet.html", "insert.html"])
                for (const width of [320, 344, 360, 390]) for (const size of ["100%", "200%"]) await look(file, width, size)
            document.body.textContent = found.length ? found.join("; ") : "all is seen"
        })()
        </script>
        """

    @Test(.enabled("Chromium is installed") { Installed.has("chromium") })
    func nothingIsCutOnANarrowPhoneOrInLargeText() async throws {
        try await TestStore.run { store in
            let order = try await store.order(course: TestStore.course(["2026-11-21", "2026-12-10"]))
            let guide = order.guide.page.text
            try await withTestFolder { folder in
                let pages = [
                    ("guide", guide), ("order", order.page.text), ("calendar", guide + "/calendar"),
                    ("sheet", guide + "/sheet"), ("insert", guide + "/insert"),
                ]
                for (name, path) in pages {
                    let page = try await store.send(.GET, path, nil, ["Accept": "text/html"])
                    try write(page.body, to: "\(folder)/\(name).html")
                }
                try write(Self.measure.utf8, to: folder + "/measure.html")
                let html = try await Installed.chromium(
                    "--virtual-time-budget=30000",
                    "--allow-file-access-from-files",
                    "--dump-dom",
                    open: "file://\(folder)/measure.html",
                    in: folder
                )
                #expect(html.contains("all is seen"), "\(html)")
            }
        }
    }
}
