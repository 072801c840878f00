import Commerce
import Delivery
import Foundation
import Links
import Logging
import Mail
import NIOHTTP1
import Postgres
import StoreHTTP
import Synchronization
import TestSupport
import Testing

/// The storefront in a real browser: on a phone and on a desk, without a script, by keyboard alone, and while the world
/// moves on.
@Suite(DatabaseTrait.store, .serialized) struct ShopBrowserTests {
    /// Runs a script of the folder `Browser` in a folder of its own; the lines that it tells, by their steps.
    private static func visit(_ script: String, _ arguments: String..., in folder: String) async throws -> Steps {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Browser/\(script)").path()
        return Steps(told: try await Installed.run("python3", [path] + arguments + [folder]))
    }

    private struct Steps {
        let told: String

        func lines() throws -> [JSON] { try told.split(separator: "\n").map { try JSON(Array($0.utf8)) } }

        func callAsFunction(_ name: String) throws -> JSON {
            try #require(try lines().first { $0.step.text == name }, "\(told)")
        }
    }

    @Test(.enabled("Chromium, its driver and Python are installed") { Installed.hasBrowser })
    func kitIsBoughtWithTwoDatesHoweverOneBrowses() async throws {
        try await TestStore.run { store in
            let step = try await withTestFolder { try await Self.visit("shop.py", store.url, in: $0) }
            for name in ["phone", "desk", "plain", "keyboard"] {
                let end = try step(name)
                #expect(end.heading.text.hasPrefix("DM-"), "\(name)")
                let token = end.path.text.prefix { $0 != "?" }.dropFirst(3)
                let order = try await store.send(.GET, "/v1/orders/\(token)").json
                #expect(order.course.sessions == ["2026-12-01", "2026-12-12"], "\(name): \(end)")
                #expect(order.customer.email == "ada@example.com", "\(name)")
                // Only a script knows the browser's time zone; without one it is the shop's.
                let zone = name == "plain" ? "Europe/London" : "Europe/Paris"
                #expect(order.course.timeZone.text == zone, "\(name)")
            }
            // Each was clicked twice, or sent once: one order for each.
            #expect(try await store.number("SELECT count(*) AS n FROM orders") == 4)
            for name in ["phone", "desk"] {
                let end = try step(name)
                // The first page is light, asks for little, and next to nothing of it moves while it comes.
                #expect(try #require(end.first.requests.int) <= 6, "\(end.first)")
                #expect(try #require(end.first.octets.int) <= 60_000, "\(end.first)")
                #expect(try #require(end.first.shift.double) <= 0.02 && end.first.isWide == false, "\(end.first)")
                #expect(end.wide == [false, false, false, false], "\(name) is wider than its window")
                #expect(end.log == [], "\(end.log)")
                // The day of the week is said at once, and the plan is there before anything is bought.
                #expect(end.said == "Saturday 12 December 2026", "\(name)")
                #expect(end.plan.text.contains("Thu 3 Dec\nFirst wash, with Cleanse Shampoo"), "\(end.plan)")
                // What is wrong is heard first, and leads to its field.
                #expect(end.title == "Error: Checkout" && end.fault.text.hasPrefix("E-mail:"), "\(end)")
                #expect(end.focus.text.contains("fault") && end.focusAfter == "email", "\(end)")
            }
            #expect(try step("plain").plan.text.contains("Sat 19 Dec"))
            #expect(try step("back").heading.text.hasPrefix("You have ordered this already"))
            #expect(try step("on again").path == step("desk").path)
            let slow = try step("slow")
            // Recorded, and not held against a busy machine.
            let (paint, task) = (try #require(slow.paint.double), try #require(slow.task.double))
            print("The first page at a quarter of the speed: \(paint) ms to its largest paint, longest task \(task) ms")
            try await store.checkInvariants()
        }
    }

    /// A visit that outlives a server.
    private final class Visit: Sendable {
        let running = Mutex<Task<Steps, any Error>?>(nil)
    }

    /// A script that ended, or went another way.
    private struct NeverAsked: Error {
        let act: String
    }

    /// Waits until a script asks for something in the middle of a visit.
    private static func waits(for act: String, in folder: String) async throws {
        for _ in 0..<12_000 {
            if FileManager.default.fileExists(atPath: "\(folder)/\(act).asked") { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw NeverAsked(act: act)
    }

    /// Has the script go on.
    private static func isDone(_ act: String, in folder: String) throws { try write([], to: "\(folder)/\(act).done") }

    @Test(.enabled("Chromium, its driver and Python are installed") { Installed.hasBrowser })
    func whatHappensMeanwhileIsToldAndNothingIsOrderedTwice() async throws {
        try await withTestFolder { folder in
            let (visit, port) = (Visit(), freePort())
            try await TestStore.run(port: port) { store in
                visit.running.withLock {
                    $0 = Task { try await Self.visit("meanwhile.py", store.url, in: folder) }
                }
                try await Self.waits(for: "sell out", in: folder)
                try await store.setStock("RESTORE-LOTION", 0)
                try Self.isDone("sell out", in: folder)
                try await Self.waits(for: "restock", in: folder)
                try await store.setStock("RESTORE-LOTION", 50)
                try Self.isDone("restock", in: folder)
                try await Self.waits(for: "raise the price", in: folder)
                _ = try await store.pool.write([Statement("UPDATE price SET amount = 5000 WHERE sku = 'DM-KIT'")])
                try Self.isDone("raise the price", in: folder)
                try await Self.waits(for: "stop", in: folder)
            }
            // The server is gone: what is ordered now reaches nobody.
            try Self.isDone("stop", in: folder)
            try await Self.waits(for: "start", in: folder)
            let running = try #require(visit.running.withLock { $0 })
            try await TestStore.run(port: port) { store in
                try Self.isDone("start", in: folder)
                let step = try await running.value
                let soldOut = try step("sold out")
                #expect(soldOut.title == "Error: Checkout" && soldOut.isFocused == true && soldOut.isKept == true)
                #expect(soldOut.said.text.contains("Restore Lotion is out of stock"), "\(soldOut)")
                #expect(soldOut.said.text.contains("Change your cart"))
                let cart = try step("sold out in the cart")
                #expect(cart.said.text.contains("Restore Lotion is out of stock") && cart.isOpen == false, "\(cart)")
                let dearer = try step("dearer")
                #expect(dearer.said.text.contains("The total has changed from £45.00 to £50.00"), "\(dearer)")
                #expect(dearer.isFocused == true && dearer.isKept == true && dearer.total.text.contains("£50.00"))
                let tabs = try step("two tabs")
                #expect(tabs.said.text.contains("Your cart was changed elsewhere") && tabs.isKept == true, "\(tabs)")
                #expect(tabs.total.text.contains("£100.00"))
                #expect(try step("gone").isShop == false)
                var numbers: Set<String> = []
                for name in ["restocked", "dearer all the same", "two kits", "answer lost", "started again"] {
                    let end = try step(name)
                    #expect(end.path.text.hasPrefix("/o/"), "\(name): \(end)")
                    numbers.insert(end.heading.text)
                }
                #expect(numbers.count == 5)
                #expect(try await store.number("SELECT count(*) AS n FROM orders") == 5)
                #expect(try await store.number("SELECT sum(total_amount)::bigint AS n FROM orders") == 29_500)
                try await store.checkInvariants()
            }
        }
    }

    @Test(
        .enabled("Chromium, its driver, Python and Poppler are installed") {
            Installed.hasBrowser && Installed.has("pdftotext", "pdfinfo")
        }
    )
    func theGuideIsTickedOffPrintedAndMoved() async throws {
        // The browser's own clock says which day it is.
        let now = Instant(microsecondsSince1970: Int64(Date().timeIntervalSince1970 * 1_000_000))
        let today = now.date
        try await TestStore.run(now: now) { store in
            let (first, last, moved) = (today + -3, today + 14, today + 21)
            let order = try await store.order(
                course: TestStore.course([first.description, last.description], zone: "UTC")
            )
            let parts = moved.description.split(separator: "-")
            let typed = "\(parts[1])\(parts[2])\(parts[0])"
            let step = try await withTestFolder { folder in
                try await Self.visit("after.py", store.url, order.page.text, last.description, typed, in: folder)
            }
            #expect(try step("order").heading.text.hasPrefix(order.number.text) && step("order").wide == false)
            let guide = try step("guide")
            #expect(guide.heading.text.hasPrefix("Day 3") && guide.path == order.guide.page && guide.wide == false)
            #expect(guide.ticked.entries.first == true && guide.again == guide.ticked, "\(guide)")
            let paper = try step("print")
            #expect(
                paper["text"].text.contains("Restore Ointment") && paper["text"].text.contains("not medical advice")
            )
            #expect(try #require(paper.pages.int) <= 4, "\(paper.pages)")
            #expect(try step("moved").said.text.contains("revision 2 of your guide"))
            let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
            let name = "\(try #require(Int(parts[2]))) \(months[try #require(Int(parts[1])) - 1])"
            #expect(try step("moved guide")["text"].text.contains(name), "\(name)")
            #expect(try step("log").log == [])
            let read = try await store.send(.GET, "/v1/orders/\(order.token.text)").json
            #expect(read.course.sessions == [.string(first.description), .string(moved.description)])
        }
    }

    /// The order's page offers what people change their minds about.
    @Test(.enabled("Chromium, its driver and Python are installed") { Installed.hasBrowser })
    func customerChangesTheirMindOnTheOrdersPage() async throws {
        try await withTestFolder { folder in
            let visit = Visit()
            try await TestStore.run { store in
                let kits = TestStore.choice(#"[{"sku": "DM-KIT", "quantity": 3}]"#)
                let order = try await store.checkout(try await store.cart(kits).path, key: "k", amount: 13500).json
                visit.running.withLock {
                    $0 = Task { try await Self.visit("changes.py", store.url, order.page.text, in: folder) }
                }
                try await Self.waits(for: "send", in: folder)
                try await store.sendAll()
                try Self.isDone("send", in: folder)
                guard let running = visit.running.withLock({ $0 }) else { return }
                let step = try await running.value
                #expect(try step("shipping").sums.text.contains("Another way of shipping"), "\(step)")
                #expect(try step("cancelled").sums.text.contains("1 cancelled"))
                let returned = try step("returned")
                #expect(returned.card.text.contains("\(order.number.text)-R1 1 × DM aftercare kit"), "\(returned)")
                let asked = try step("asked")
                #expect(asked.card.text.contains("Ada Example withdraws from order \(order.number.text)"), "\(asked)")
                #expect(asked.card.text.contains("1 × DM aftercare kit: you send it back"), "\(asked)")
                let withdrawn = try step("withdrawn")
                #expect(
                    withdrawn.card.text.contains("\(order.number.text)-R2") && withdrawn.wide == false,
                    "\(withdrawn)"
                )
                let kept = try step("kept")
                #expect(kept.card.text.contains("We wait for it no longer."), "\(kept)")
                #expect(try step("log").log == [])
                let kinds = try await store.send(.GET, "/v1/orders/\(order.token.text)/returns").json.data.entries.map(
                    \.kind
                )
                #expect(kinds == ["return", "withdrawal"])
                try await store.checkInvariants()
            }
        }
    }

    // MARK: - For everybody

    private static let python = "/var/tmp/aftercare-python/bin/python"
    private static let hasAxe: Bool = {
        let libraries = "/var/tmp/aftercare-python/lib"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: libraries)) ?? []
        return versions.contains {
            FileManager.default.fileExists(atPath: "\(libraries)/\($0)/site-packages/axe_playwright_python/axe.min.js")
        }
    }()

    /// Names and lines of addresses that would break a page which trusts them, or its lines.
    private static let strangers = [
        #"<img src=hostile onerror=alert(1)> "hostile" {{name}}"#,
        "عائشة بنت محمد الهاشمي", "\u{202E}hostile\u{2066} <b>hostile</b>",
        "Rechtsschutzversicherungsgesellschaftsangestellte-Donaudampfschifffahrtsgesellschaft",
    ]

    private static func page(_ name: String, _ path: String) -> String { #"{"name": "\#(name)", "path": "\#(path)"}"# }

    @Test(
        .enabled("Chromium, its driver and axe-core are installed") { Installed.hasBrowser && ShopBrowserTests.hasAxe }
    )
    func nobodyIsShutOutOfAnyPage() async throws {
        try await withTestFolder { folder in
            let mail = MailFolder(folder + "/mail")
            try await TestStore.run(settings: { $0.shownMail = mail }) { store in
                let dates = "sessions=2026-12-01,2026-12-12&zone=Europe/London"
                let cart = try await store.cart().path.replacing("/v1/carts/", with: "/cart/")
                let ordered = try await store.cart().path
                _ = try await store.checkout(ordered, key: "ordered")
                var pages = [
                    ("first", "/"), ("first with dates", "/?\(dates)&ref=x-1"), ("first without", "/?plan=unknown"),
                    ("first with faults", "/?sessions=2026-02-30,2026-12-01&zone=Mars&ref=%20"),
                    ("product", "/products/RESTORE-LOTION"), ("no product", "/products/NOTHING"), ("empty", "/cart"),
                    ("cart", cart), ("checkout", cart + "/checkout"), ("how", cart + "?how=yes"),
                    ("ordered", ordered.replacing("/v1/carts/", with: "/cart/")), ("find", "/find"),
                ]
                // Each of them is somebody's name, and a line of somebody's address.
                for index in 0..<2 {
                    let texts = (0..<4).map {
                        Self.strangers[(index + $0) % 4].replacing("\"", with: "\\\"")
                    }
                    let path = try await store.cart().path
                    let body = """
                        {"customer": {"name": "\(texts[0])", "email": "ada@example.com", "phone": null},
                         "shippingAddress": {"line1": "\(texts[1])", "line2": "\(texts[2])", "city": "\(texts[3])", "region": null,
                                             "postalCode": "N1 1AA", "country": "GB"},
                         "billingAddress": null, "payment": {"method": "invoice"}, "reminders": {"hour": 9},
                         "expectedTotal": {"amount": 4500, "currency": "GBP"}, "accept": [], "language": "en"}
                        """
                    let key = ["Idempotency-Key": "stranger \(index)"]
                    let placed = try await store.send(.POST, path + "/checkout", body, key)
                    #expect(placed.status == 201, "\(placed.text)")
                    let order = placed.json
                    let documents = try await store.send(.GET, "/v1/orders/\(order.token.text)/documents").json
                    pages += [
                        ("order \(index)", order.page.text), ("guide \(index)", order.guide.page.text),
                        ("invoice \(index)", documents.data[0].page.text),
                    ]
                }
                let order = try #require(
                    try await store.pool.read(Statement("SELECT id, link_key FROM orders ORDER BY id DESC LIMIT 1"))
                        .first
                )
                let target = LinkTarget(id: try order.value("id"), version: 1, key: try order.value("link_key"))
                let reminders = try store.store.keys.link(.unsubscription, to: target)
                pages.append(("reminders", "/r/\(reminders.token.text)"))
                try await Self.writeMail(store, to: mail)
                let written = try #require(mail.names().last)
                pages += [("mail", "/dev/mail"), ("a mail", "/dev/mail/\(written)")]

                let list = pages.map { Self.page($0.0, $0.1) }.joined(separator: ",")
                try write("[\(list)]".utf8, to: folder + "/pages.json")
                let script = URL(filePath: #filePath).deletingLastPathComponent()
                    .appending(path: "Browser/accessible.py").path()
                let told = try await Installed.run(Self.python, [script, store.url, folder, folder + "/pages.json"])
                let looks = try Steps(told: told).lines()
                #expect(looks.count == pages.count * 5)
                for look in looks {
                    let name = "\(look.name.text), \(look.width) wide, text of \(look.size), \(look.scheme.text)"
                    #expect(look.found == [], "\(name)")
                    #expect(look.isOpen == true && look.strange == [], "\(name)")
                    // Only what people print has a width of its own.
                    #expect(look.isWide == false, "\(name)")
                }
            }
        }
    }

    /// Writes the mail that there is to write.
    private static func writeMail(_ store: TestStore, to mail: MailFolder) async throws {
        let sender = MailMessage.Mailbox(name: "DM Aftercare", address: try MailAddress("shop@example.com"))
        let channel = MailChannel(store.store, from: sender, replyTo: nil, carrier: mail, printTimeout: .seconds(5))
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let worker = DeliveryWorker(store.store.orders, logger: quiet, now: store.store.now) { [channel] }
        try await worker.drain()
    }
}
