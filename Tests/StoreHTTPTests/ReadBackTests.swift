import Glibc
import NIOHTTP1
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What is served, read by programs that were written by others: a calendar library, a PDF reader, a scanner and a
/// browser. Where one of them is not installed its test says that it did not run.
@Suite(DatabaseTrait.store) struct ReadBackTests {
    static func isInstalled(_ programs: String...) -> Bool {
        programs.allSatisfy { access("/usr/bin/\($0)", X_OK) == 0 }
    }

    /// Runs a program on bytes; what it prints.
    private func run(_ program: String, _ arguments: [String], on bytes: [UInt8] = []) async throws -> String {
        let result = try await Subprocess.run(
            .path(FilePath("/usr/bin/\(program)")),
            arguments: Arguments(arguments),
            environment: .custom(["PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8"]),
            input: .array(bytes),
            output: .string(limit: 4 << 20),
            error: .discarded
        )
        #expect(result.terminationStatus.isSuccess, "\(program) \(arguments)")
        return result.standardOutput
    }

    private func order(
        _ store: TestStore,
        course: String = TestStore.exampleCourse,
        name: String = "Ada"
    ) async throws -> JSON {
        let cart = try await store.cart(TestStore.choice(#"[{"sku": "DM-KIT", "quantity": 1}]"#, course: course))
        let placed = try await store.checkout(cart.path, key: cart.path, name: name)
        #expect(placed.status == 201, "\(placed.text)")
        return placed.json
    }

    private static let sessions = ["2026-11-24", "2026-12-10", "2027-01-05"]

    private static func course(_ sessions: [String], _ rest: String = "") -> String {
        let list = sessions.map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"timeZone": "Europe/London", "sessions": [\#(list)]\#(rest)}"#
    }

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
            isInstalled("python3") && access("/usr/lib/python3/dist-packages/icalendar", R_OK) == 0
        }
    )
    func anotherCalendarLibraryReadsTheSameEventsBeforeAndAfterAMove() async throws {
        try await TestStore.run { store in
            let order = try await order(store)
            let before = try await store.send(.GET, order.guide.calendar.text + "?remindAt=07:00")
            let lines = try await run("python3", ["-c", Self.readCalendar], on: before.body)
                .split(separator: "\n").map { $0.split(separator: "|").map(String.init) }
            #expect(lines.count { $0[6].hasPrefix("Wash") } == 17)
            #expect(lines.allSatisfy { $0[1] == "0" && $0[2] == "CONFIRMED" && $0[5] == "1" })
            let second = try #require(lines.first { $0[6] == "Your second session" })
            #expect(second[3...4] == ["2026-12-12", "2026-12-13"])

            let moved = #"{"timeZone": "Europe/London", "sessions": ["2026-12-01", "2026-12-19"]}"#
            let path = "/v1/orders/\(order.token.text)/course"
            #expect(try await store.send(.PUT, path, moved, ["If-Match": "\"1\""]).status == 200)
            let after = try await store.send(.GET, order.guide.calendar.text)
            let later = try await run("python3", ["-c", Self.readCalendar], on: after.body)
                .split(separator: "\n").map { $0.split(separator: "|").map(String.init) }
            #expect(later.allSatisfy { $0[1] == "1" && $0[5] == "0" })
            let same = try #require(later.first { $0[0] == second[0] })
            #expect(same[3...4] == ["2026-12-19", "2026-12-20"])
            #expect(Set(lines.map { $0[0] }).isSubset(of: Set(later.map { $0[0] })))
            #expect(Set(later.map { $0[0] }).count == later.count)
        }
    }

    @Test(.enabled("WeasyPrint and Poppler are installed") { isInstalled("weasyprint", "pdfinfo", "pdftotext") })
    func anInsertIsOneSheetHoweverLongTheCourseAndTheName() async throws {
        try await TestStore.run { store in
            let courses = [
                Self.course(Self.sessions),
                Self.course(["2026-12-01", "2027-01-15"], #", "keepDryHours": 24, "restDays": 7"#),
                Self.course((0..<12).map { "2027-\($0 < 9 ? "0" : "")\($0 + 1)-15" }), "null",
                Self.course(["2026-12-01"], #", "final": false"#),
            ]
            for course in courses {
                for name in ["Ada", String(repeating: "W", count: 200)] {
                    let page = try await order(store, course: course, name: name).guide.page.text
                    let insert = try await store.send(.GET, page + "/insert.pdf")
                    #expect(insert.status == 200)
                    let info = try await run("pdfinfo", ["-"], on: insert.body)
                    #expect(info.contains("419.5") && info.contains("595.2"), "\(info)")
                    #expect(info.replacing(" ", with: "").contains("Pages:2"), "\(course) \(name): \(info)")
                    // Nothing is cut off at the end of either side.
                    let words = try await run("pdftotext", ["-", "-"], on: insert.body)
                    #expect(words.contains("not medical advice") && words.contains("revision 1"))
                }
            }
            let page = try await order(store).guide.page.text
            let sheet = try await store.send(.GET, page + "/sheet.pdf")
            let info = try await run("pdfinfo", ["-"], on: sheet.body)
            #expect(info.contains("(A4)") && info.replacing(" ", with: "").contains("Pages:3"), "\(info)")
            // Each day is whole on its page: its date and what to do stand on one line.
            let words = try await run("pdftotext", ["-layout", "-", "-"], on: sheet.body)
            for day in ["Thu 3 Dec", "Mon 14 Dec", "Sun 17 Jan"] {
                #expect(words.split(separator: "\n").contains { $0.contains(day) && $0.contains("Wash") }, "\(day)")
            }
        }
    }

    @Test(.enabled("WeasyPrint, Poppler and ZBar are installed") { isInstalled("weasyprint", "pdftoppm", "zbarimg") })
    func theCodeOnPaperLeadsToThePage() async throws {
        try await TestStore.run { store in
            let page = try await order(store).guide.page.text
            for sheet in ["insert", "sheet"] {
                let pdf = try await store.send(.GET, "\(page)/\(sheet).pdf")
                try await withTestFolder { folder in
                    let picture = folder + "/page"
                    _ = try await run(
                        "pdftoppm",
                        ["-r", "120", "-l", "1", "-png", "-singlefile", "-", picture],
                        on: pdf.body
                    )
                    let codes = try await run(
                        "zbarimg",
                        ["-q", "--raw", "-Sdisable", "-Sqrcode.enable", picture + ".png"]
                    )
                    #expect(codes == "http://store.test\(page)\n")
                }
            }
        }
    }

    @Test(.enabled("Chromium is installed") { isInstalled("chromium") })
    func aBrowserShowsThePageAndAsksNobodyElse() async throws {
        try await TestStore.run { store in
            let page = try await order(store, course: Self.course(["2026-11-21", "2026-12-10"])).guide.page.text
            try await withTestFolder { folder in
                let html = try await run(
                    "chromium",
                    [
                        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                        "--user-data-dir=\(folder)/profile", "--virtual-time-budget=2000",
                        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--dump-dom", store.url + page,
                    ]
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
        async function look(width, size) {
            const frame = document.createElement("iframe")
            frame.width = width; frame.height = 900; frame.src = "page.html"
            document.body.append(frame)
            await new Promise(done => frame.onload = done)
            const page = frame.contentDocument, root = page.documentElement
            root.style.fontSize = size
            const say = what => found.push(`${width} px, ${size}: ${what}`)
            const line = page.querySelector(".eyebrow")
            for (const name of names) for (const month of months) {
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
            for (const width of [320, 344, 360, 390]) for (const size of ["100%", "200%"]) await look(width, size)
            document.body.textContent = found.length ? found.join("; ") : "all is seen"
        })()
        </script>
        """

    @Test(.enabled("Chromium is installed") { isInstalled("chromium") })
    func nothingIsCutOnANarrowPhoneOrInLargeText() async throws {
        try await TestStore.run { store in
            let page = try await order(store, course: Self.course(["2026-11-21", "2026-12-10"])).guide.page.text
            let served = try await store.send(.GET, page, nil, ["Accept": "text/html"])
            try await withTestFolder { folder in
                for (name, text) in [("page.html", served.text), ("measure.html", Self.measure)] {
                    let file = try FileDescriptor.open(
                        folder + "/" + name,
                        .writeOnly,
                        options: [.create],
                        permissions: [.ownerReadWrite]
                    )
                    _ = try file.closeAfter { try file.writeAll(Array(text.utf8)) }
                }
                let html = try await run(
                    "chromium",
                    [
                        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                        "--user-data-dir=\(folder)/profile", "--virtual-time-budget=10000",
                        "--allow-file-access-from-files", "--dump-dom", "file://\(folder)/measure.html",
                    ]
                )
                #expect(html.contains("all is seen"), "\(html)")
            }
        }
    }
}
