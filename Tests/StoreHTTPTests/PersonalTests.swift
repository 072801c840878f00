import Catalog
import Commerce
import Delivery
import Foundation
import Logging
import Mail
import NIOHTTP1
import Orders
import Personal
import Postgres
import Reminders
import Staff
import StoreHTTP
import TestSupport
import Testing

/// What is held of a person leaves when it must, and what the law wants kept stays.
@Suite(DatabaseTrait.store) struct PersonalTests {
    /// A value of each field that a person or the staff can fill, found nowhere else.
    private enum Canary {
        static let name = "Zebedee Quaggawitz"
        static let billing = ["Xylobilling Row 7", "Xylobilling Yard", "Xylotown", "XY1 1YX"]
        /// What the invoice says of the buyer, which the law wants kept.
        static let kept = [name] + billing
        static let email = "zebedee.quagga@canary.example"
        static let formerEmail = "zebedee.former@canary.example"
        /// Why money went back, as the credit note says it.
        static let creditNoteReason = "Refund quaggatext"
        /// What must be gone.
        static let erased = [
            email, formerEmail, "Zebbyquag", "+44 20 7946 0991", "Oldlane Vixenish 3", "Newlane Vixenish 9",
            "Second Floor Vixen", "Vixenham", "VX9 9VX", "Vixenshire", "ref-quagga-4711", "Pacific/Chatham",
            "2026-12-03",
            "2026-12-15", "QUAGGAPARCEL77", "Note quaggatext", "Hold quaggatext", "Bank quaggatext",
            "Return quaggatext", "Asked quaggatext", "Finding quaggatext", "Answer quaggatext", "Failure quaggatext",
            "Cancel quaggatext", "Return-to-quagga",
        ]
    }

    // MARK: - Erasing

    @Test func aDumpHoldsNothingOfWhoWasErasedButTheirDocuments() async throws {
        try await withTestFolder { folder in
            try await TestStore.run(settings: {
                $0.keptMail = MailFolder(folder + "/mail")
                $0.erasures = ErasureList(folder + "/erasures")
            }) { store in
                let order = try await filledOrder(store)
                try await tell(store, MailFolder(folder + "/mail"))
                let before = try await dump(store, folder)
                for canary in Canary.kept + Canary.erased.filter({ $0 != Canary.formerEmail })
                where !canary.contains("Oldlane") {
                    #expect(before.contains(canary), "\(canary) was never written")
                }
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/mail").count > 3)

                let manager = try await store.staff(.manager)
                let erased = try await erase(store, manager)
                #expect(erased.status == 200, "\(erased.text)")
                #expect(erased.json.orders.entries.map(\.number) == [order.number])
                #expect(
                    erased.json.kept.entries.count == 2 && erased.json.kept[0].keptUntil == "2032-12-31",
                    "\(erased.text)"
                )

                let after = try await dump(store, folder)
                for canary in Canary.erased {
                    let lines = after.split(separator: "\n").filter { $0.contains(canary) }
                    #expect(lines.isEmpty, "\(canary) is still there: \(lines.first?.prefix(400) ?? "")")
                }
                // The documents say who bought, and nothing else does.
                for canary in Canary.kept {
                    let lines = after.split(separator: "\n").filter { $0.contains(canary) }
                    #expect(
                        lines.count == 2
                            && lines.allSatisfy { $0.hasPrefix("invoice\t") || $0.hasPrefix("creditNote\t") },
                        "\(canary): \(lines)"
                    )
                }
                let reasons = after.split(separator: "\n").filter { $0.contains(Canary.creditNoteReason) }
                #expect(reasons.count == 1 && reasons[0].hasPrefix("creditNote\t"), "\(reasons)")
                // It can still be looked at, by the staff alone.
                let documents = try await store.send(
                    .GET,
                    "/v1/staff/orders/\(order.number.text)/documents",
                    nil,
                    manager
                ).json.data.entries
                #expect(documents.count == 2)
                for document in documents {
                    let page = try await store.send(.GET, document.page.text, nil, manager)
                    #expect(page.status == 200 && page.text.contains(Canary.name), "\(page.text)")
                    #expect(try await store.send(.GET, document.page.text).status == 401)
                }
                // Neither are the hashes of the address that limits are counted by.
                #expect(try await store.number("SELECT count(*) AS n FROM sample_claim") == 0)
                #expect(try await store.number("SELECT count(email_hash) AS n FROM discount_redemption") == 0)
                #expect(try await store.number("SELECT count(*) AS n FROM discount_redemption") == 1)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/mail").isEmpty)
                let list = try String(contentsOfFile: folder + "/erasures", encoding: .utf8)
                #expect(list == "2026-11-24T12:00:00Z \(order.number.text)\n")
                try await store.checkInvariants()
            }
        }
    }

    @Test func whatWasErasedIsGoneForWhoeverHasItsLinks() async throws {
        try await TestStore.run { store in
            let order = try await filledOrder(store)
            let links = try await store.send(
                .GET,
                "/v1/staff/orders/\(order.number.text)/links",
                nil,
                try await store.staff(.support)
            ).json
            let manager = try await store.staff(.manager)
            #expect(try await erase(store, manager).status == 200)
            func path(_ link: JSON) -> String { link.text.replacing("http://store.test", with: "") }
            let token = order.token.text
            for path in [
                "/v1/orders/\(token)", "/v1/orders/\(token)/guide", "/v1/orders/\(token)/documents", path(links.order),
                path(links.guide), path(links.guide) + "/guide.ics", path(links.calendar),
                "/v1/staff/orders/\(order.number.text)",
            ] {
                let answer = try await store.send(.GET, path, nil, path.contains("staff") ? manager : [:])
                #expect(answer.status == 410 && answer.json.type == "/problems/erased", "\(path): \(answer.text)")
                #expect(Canary.erased.allSatisfy { !answer.text.contains($0) })
            }
            for path in [path(links.order), path(links.guide), path(links.calendar).replacing(".ics", with: "")] {
                let page = try await store.send(.GET, path, nil, ["Accept": "text/html"])
                #expect(page.status == 410 && page.text.contains("This has been erased"), "\(path): \(page.text)")
            }
            // Nobody is told by way of a new link.
            let lost = try await store.send(
                .POST,
                "/v1/lost-links",
                #"{"order": "\#(order.number.text)", "email": "\#(Canary.email)"}"#
            )
            #expect(lost.status == 202, "\(lost.text)")
            #expect(try await store.number("SELECT count(*) AS n FROM order_event WHERE kind = 'linkRequested'") == 0)
            // The list knows that there was an order, and when.
            let listed = try await store.send(.GET, "/v1/staff/orders", nil, manager).json.data.entries
            let entry = try #require(listed.first { $0.number == order.number })
            #expect(entry.erasedAt == "2026-11-24T12:00:00Z" && entry.total.amount.int != nil)
            #expect(
                try await store.send(.GET, "/v1/staff/orders?email=\(Canary.email)", nil, manager).json.data.entries
                    .isEmpty
            )
            // Other systems hear of it too.
            let events = try await store.send(.GET, "/v1/staff/events?after=0&limit=500", nil, manager).json.data
                .entries
            #expect(events.last?.type == "erased")
        }
    }

    @Test func nothingIsErasedWhileAParcelOrMoneyIsUnderWay() async throws {
        try await TestStore.run { store in
            let manager = try await store.staff(.manager)
            func body(_ email: String) -> String { #"{"email": "\#(email)"}"# }
            let nobody = try await store.send(
                .POST,
                "/v1/staff/personal/erasure/preview",
                body("nobody@example.com"),
                manager
            )
            #expect(nobody.status == 404 && nobody.json.detail == "No order has this e-mail address.")
            // One that is paid and not sent, one that is neither.
            let paid = try await store.paidOrder(key: "paid")
            let preview = try await store.send(
                .POST,
                "/v1/staff/personal/erasure/preview",
                body("ADA@example.com"),
                manager
            )
            #expect(preview.status == 200 && preview.json.orders[0].obstacle == "parcel", "\(preview.text)")
            let refused = try await erase(store, manager, "ada@example.com")
            #expect(refused.status == 409 && refused.json.type == "/problems/not-erasable")
            #expect(refused.json.detail.text.contains(paid.number.text))
            #expect(try await store.number("SELECT count(customer_name) AS n FROM orders") == 1)
            // Somebody of support may not even look.
            let support = try await store.staff(.support)
            for path in ["export", "export/page", "erasure/preview", "erasure"] {
                let answer = try await store.send(
                    .POST,
                    "/v1/staff/personal/\(path)",
                    body("ada@example.com"),
                    support.merging(["Idempotency-Key": "s"]) { $1 }
                )
                #expect(answer.status == 403, "\(path)")
            }
            // What is delivered and not paid is open as well.
            _ = try await store.checkout(try await store.cart().path, key: "unpaid")
            try await store.sendAll()
            try await store.deliverAll()
            let unpaid = try await store.send(
                .POST,
                "/v1/staff/personal/erasure/preview",
                body("ada@example.com"),
                manager
            )
            #expect(unpaid.json.orders.entries.last?.obstacle == "payment", "\(unpaid.text)")
        }
    }

    @Test func theSameRequestErasesOnce() async throws {
        try await TestStore.run { store in
            _ = try await filledOrder(store)
            let manager = try await store.staff(.manager)
            let first = try await erase(store, manager)
            let again = try await erase(store, manager)
            #expect(first.status == 200 && again.status == 200 && again.json.orders.entries.isEmpty, "\(again.text)")
            let other = try await erase(store, manager, key: "another")
            #expect(other.status == 404)
            #expect(try await store.number("SELECT count(*) AS n FROM order_event WHERE kind = 'erased'") == 1)
        }
    }

    // MARK: - Races

    @Test func twoWhoEraseAtOnceEraseOnce() async throws {
        try await TestStore.run { store in
            _ = try await filledOrder(store)
            let manager = try await store.staff(.manager)
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<4 {
                    group.addTask { try await erase(store, manager, key: "race \(number)").status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.contains(200) && answers.allSatisfy { [200, 404].contains($0) }, "\(answers)")
            #expect(try await store.number("SELECT count(*) AS n FROM order_event WHERE kind = 'erased'") == 1)
        }
    }

    @Test func nothingPersonalIsWrittenAgainWhileACourseIsChangedOrAMailIsWritten() async throws {
        try await withTestFolder { folder in
            let mail = MailFolder(folder + "/mail")
            try await TestStore.run(settings: { $0.keptMail = mail }) { store in
                let order = try await filledOrder(store)
                let manager = try await store.staff(.manager)
                let path = "/v1/orders/\(order.token.text)"
                let etag = try await store.send(.GET, path).etag
                // Dates are changed again and again, somebody looks with a reason, and mail is written, all at once.
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await tell(store, mail) }
                    for day in 10..<20 {
                        group.addTask {
                            let answer = try await store.send(
                                .PUT,
                                path + "/course",
                                #"{"timeZone": "Pacific/Chatham", "sessions": ["2027-01-\#(day)"]}"#,
                                ["If-Match": day == 10 ? etag : "*"]
                            )
                            #expect([200, 410, 409, 412].contains(answer.status), "\(answer.text)")
                        }
                        group.addTask {
                            let answer = try await store.send(
                                .GET,
                                "/v1/staff/orders/\(order.number.text)?reason=Asked%20quaggatext",
                                nil,
                                manager
                            )
                            #expect([200, 410].contains(answer.status), "\(answer.text)")
                        }
                    }
                    group.addTask {
                        let answer = try await erase(store, manager)
                        #expect(answer.status == 200, "\(answer.text)")
                    }
                    try await group.waitForAll()
                }
                try await tell(store, mail)
                try await store.store.settleErasures(now: store.store.now())
                let after = try await dump(store, folder)
                for canary in Canary.erased + ["2027-01-1"] {
                    #expect(!after.contains(canary), "\(canary) is there again")
                }
                #expect(mail.names().isEmpty)
                let late = try await store.send(
                    .PUT,
                    path + "/course",
                    #"{"timeZone": "Europe/London", "sessions": ["2027-02-01"]}"#,
                    ["If-Match": "*"]
                )
                #expect(late.status == 410)
            }
        }
    }

    // MARK: - Handing out

    @Test func theExportHoldsAllThatWasTyped() async throws {
        try await withTestFolder { folder in
            try await TestStore.run { store in
                _ = try await filledOrder(store)
                try await tell(store, MailFolder(folder + "/mail"))
                let manager = try await store.staff(.manager, name: "Mo")
                let body = #"{"email": "\#(Canary.email.uppercased())"}"#
                let export = try await store.send(.POST, "/v1/staff/personal/export", body, manager)
                let page = try await store.send(.POST, "/v1/staff/personal/export/page", body, manager)
                #expect(export.status == 200 && page.status == 200, "\(export.text)")
                // Former ones are nowhere any more, and what another system answered to a mail is the mail's own business.
                let missing: Set = [
                    Canary.formerEmail, "Oldlane Vixenish 3", "Failure quaggatext", "Finding quaggatext",
                    "Cancel quaggatext", "Return-to-quagga",
                ]
                for canary in Canary.kept + Canary.erased where !missing.contains(canary) && canary != Canary.email {
                    #expect(export.text.contains(canary), "the export lacks \(canary)")
                    #expect(page.text.replacing("&#39;", with: "'").contains(canary), "the page lacks \(canary)")
                }
                #expect(page.headers.first(name: "Content-Type") == "text/html; charset=utf-8")
                let record = export.json.orders[0]
                #expect(record.mails.entries.count > 2 && record.guides.entries.count == 3, "\(record)")
                #expect(record.reminders.entries.count > 2 && record.offers[0].given == true)
                #expect(record.payments.entries.map(\.kind) == ["receipt", "refund"])
                // It is seen that somebody asked.
                let views = try await store.number(
                    "SELECT count(*) AS n FROM order_view WHERE reason = 'export' AND actor = 'staff Mo'"
                )
                #expect(views == 2)
            }
        }
    }

    // MARK: - After a restore

    @Test func aRestoredDatabaseIsBroughtUpToTheErasures() async throws {
        try await withTestFolder { folder in
            let list = ErasureList(folder + "/erasures")
            try await TestStore.run(settings: { $0.erasures = list }) { store in
                let order = try await filledOrder(store)
                // The list of a database whose older copy this is, with a line that a crash cut off, an order of another's,
                // and a line that ends as another system ends its lines.
                try Data(
                    "2026-11-24T12:30:00Z \(order.number.text)\r\n2026-11-24T12:31:00Z DM-7K4Q-99\n2026-11-24T1".utf8
                )
                .write(to: URL(filePath: folder + "/erasures"))
                let replay = try await store.store.replayErasures(now: store.store.now())
                #expect(replay.erased == [order.number.text] && replay.open.isEmpty)
                #expect(try await store.number("SELECT count(customer_name) AS n FROM orders") == 0)
                #expect(try await store.store.replayErasures(now: store.store.now()) == PersonalStore.Replay())
                // One that stands open again in the copy is named, and stays until it is settled.
                let open = try await store.paidOrder(key: "open")
                let id = store.store.orders.id(.number(try #require(OrderNumber(open.number.text))))
                try list.add([OrderErasure.Erased(id: id, number: open.number.text, at: store.store.now())])
                #expect(try list.entries().count == 3)
                let again = try await store.store.replayErasures(now: store.store.now())
                #expect(again.erased.isEmpty && again.open == [open.number.text])
            }
        }
    }

    // MARK: - Retention

    @Test func whatWasKeptForItsYearsGoes() async throws {
        try await withTestFolder { folder in
            let mail = MailFolder(folder + "/mail")
            // Nobody's looking is forgotten here: the schema asks the machine's clock how long ago it was.
            let retention = PersonalStore.Retention(viewDays: 36_500)
            try await TestStore.run(settings: {
                $0.keptMail = mail; $0.retention = retention
            }) { store in
                _ = try await filledOrder(store)
                try await tell(store, mail)
                let now = store.store.now()
                for name in mail.names() {
                    let date = Date(timeIntervalSince1970: Double(now.secondsSince1970))
                    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: mail.path(of: name))
                }
                #expect(mail.names().count > 2)
                try await store.store.sweepPersonal(now: now + .seconds(89 * 86_400))
                #expect(mail.names().count > 2)
                // Too early for anything but what is kept for days.
                try await store.store.sweepPersonal(now: now + .seconds(91 * 86_400))
                #expect(mail.names().isEmpty)
                #expect(try await store.number("SELECT count(customer_name) AS n FROM orders") == 1)
                let year = 366 * 86_400
                try await store.store.sweepPersonal(now: now + .seconds(6 * year + 86_400))
                #expect(try await store.number("SELECT count(customer_name) AS n FROM orders") == 0)
                #expect(try await store.number("SELECT count(content) AS n FROM document") == 2)
                try await store.store.sweepPersonal(now: now + .seconds(7 * year))
                let after = try await dump(store, folder)
                for canary in Canary.erased + Canary.kept + [Canary.creditNoteReason] {
                    #expect(!after.contains(canary), "\(canary)")
                }
                // What was issued is still counted.
                #expect(
                    try await store.number("SELECT count(*) AS n FROM document WHERE content IS NULL AND total > 0")
                        == 2
                )
                #expect(try await store.number("SELECT count(*) AS n FROM orders WHERE status <> 'placed'") == 1)
            }
        }
    }

    @Test func whoLookedIsForgottenAfterAWhile() async throws {
        try await TestStore.run { store in
            _ = try await store.paidOrder(key: "seen")
            _ = try await store.pool.write([
                Statement(
                    """
                    INSERT INTO order_view (order_id, sequence, at, actor, request_id)
                    SELECT id, 1, at, 'staff Sam', 'r' FROM orders,
                        unnest(ARRAY['2020-01-01 00:00Z', '2026-11-01 00:00Z']::timestamptz[]) AS at
                    """
                )
            ])
            try await store.store.sweepPersonal(now: store.store.now())
            #expect(try await store.number("SELECT count(*) AS n FROM order_view WHERE at < '2021-01-01'") == 0)
            #expect(try await store.number("SELECT count(*) AS n FROM order_view WHERE at > '2021-01-01'") == 1)
        }
    }

    @Test func whatIsLookedForEachHourIsFoundByItsIndex() async throws {
        try await TestStore.run { store in
            _ = try await store.checkout(try await store.cart().path, key: "plain")
            try await store.sendAll()
            try await store.multiplyOrders(to: 5_000)
            try await store.analyze()
            let now = store.store.now()
            for query in [
                OrderErasure.over(placedBefore: now + .seconds(-2_000 * 86_400), count: 500).statements,
                OrderErasure.erased(since: now + .seconds(-3_600)).statements,
            ] {
                for statement in query { #expect(try await store.cost(of: statement) < 50) }
            }
        }
    }

    // MARK: - Schema

    @Test func whoWasErasedStaysErasedAndNothingElseChanges() async throws {
        try await TestStore.run { store in
            _ = try await filledOrder(store)
            _ = try await store.pool.write([
                Statement(
                    "INSERT INTO order_view (order_id, sequence, at, actor, request_id) SELECT id, 1, now(), 'x', 'y' FROM orders"
                )
            ])
            let early: [(StaticString, String)] = [
                ("UPDATE orders SET erased_at = now()", "orders_person_is_whole_or_erased"),
                ("UPDATE orders SET customer_name = NULL", "orders_person_is_whole_or_erased"),
                ("UPDATE order_event SET reason = NULL", "order_event_is_kept"),
                ("UPDATE order_event SET erased_at = now()", "order_event_is_kept"),
                ("UPDATE order_event SET erased_at = now(), reason = NULL, actor = 'nobody'", "order_event_is_kept"),
                ("UPDATE guide SET erased_at = now()", "guide_is_kept"),
                ("UPDATE guide SET erased_at = now(), document_hash = NULL, time_zone = NULL", "guide_is_kept"),
                ("UPDATE order_view SET reason = NULL", "order_view_is_kept"),
                ("DELETE FROM order_view", "order_view_trace_is_kept"),
                ("UPDATE shipment SET tracking_number = NULL", "shipment_is_kept"),
                ("UPDATE payment SET reference = NULL", "payment_is_kept"),
                ("UPDATE payment SET erased_at = now(), reference = NULL, amount = 0", "payment_is_kept"),
                ("UPDATE document SET content = NULL", "document_is_kept"),
                ("UPDATE document SET content = NULL, erased_at = '2026-11-25'", "document_is_kept_for_its_years"),
                ("DELETE FROM reminder WHERE state = 'told'", "reminder_is_kept"),
                ("DELETE FROM reminder_day", "reminder_day_is_kept"),
                ("DELETE FROM marketing_consent", "marketing_consent_is_kept"),
                ("UPDATE discount_redemption SET email_hash = NULL", "discount_not_used_up_by_email"),
            ]
            for (sql, constraint) in early { try await refuse(sql, constraint, store) }
            #expect(try await erase(store, try await store.staff(.manager)).status == 200)
            let late: [(StaticString, String)] = [
                ("UPDATE orders SET erased_at = now()", "orders_stay_erased"),
                ("UPDATE orders SET erased_at = NULL, customer_name = 'A'", "orders_stay_erased"),
                ("UPDATE orders SET customer_name = 'A'", "orders_person_is_whole_or_erased"),
                ("UPDATE orders SET reference = 'A'", "orders_person_is_whole_or_erased"),
                ("UPDATE orders SET hold_note = 'A'", "orders_person_is_whole_or_erased"),
                ("UPDATE guide SET time_zone = 'UTC'", "guide_is_kept"),
                ("UPDATE guide SET erased_at = NULL", "guide_is_kept"),
                ("UPDATE order_event SET reason = 'A' WHERE erased_at IS NOT NULL", "order_event_is_kept"),
                ("UPDATE order_event SET erased_at = now() WHERE erased_at IS NOT NULL", "order_event_is_kept"),
                ("UPDATE shipment SET tracking_number = 'A'", "shipment_is_kept"),
                ("UPDATE payment SET reference = 'A'", "payment_is_kept"),
                ("DELETE FROM order_event", "order_event_is_kept"), ("DELETE FROM guide", "guide_is_kept"),
            ]
            for (sql, constraint) in late { try await refuse(sql, constraint, store) }
            // What is open is never without its customer.
            _ = try await store.checkout(try await store.cart().path, key: "open")
            try await refuse(
                """
                UPDATE orders SET erased_at = now(), customer_name = NULL, customer_email = NULL, address_line1 = NULL,
                    address_city = NULL, address_postal_code = NULL, request_fingerprint = NULL WHERE erased_at IS NULL
                """,
                "orders_erased_is_over",
                store
            )
        }
    }

    private func refuse(_ sql: StaticString, _ constraint: String, _ store: TestStore) async throws {
        let error = await #expect(throws: PostgresError.self, "\(sql)") {
            _ = try await store.pool.write([Statement(sql)])
        }
        #expect(error?.serverError?.constraint == constraint, "\(sql)")
    }

    // MARK: - Support

    private func erase(
        _ store: TestStore,
        _ manager: [String: String],
        _ email: String = Canary.email,
        key: String = "erase"
    ) async throws -> Answer {
        try await store.send(
            .POST,
            "/v1/staff/personal/erasure",
            #"{"email": "\#(email)"}"#,
            manager.merging(["Idempotency-Key": key]) { $1 }
        )
    }

    /// The database as text.
    private func dump(_ store: TestStore, _ folder: String) async throws -> String {
        let settings = Database.current.settings
        let path = folder + "/dump-\(UInt32.random(in: .min ... .max)).sql"
        let status = await shell(
            "pg_dump -h \"$1\" -U aftercare -d \"$2\" > \"$3\"",
            settings.socketFolder,
            settings.databaseName,
            path
        )
        #expect(status == 0, "pg_dump failed")
        return try String(contentsOfFile: path, encoding: .utf8)
    }

    /// Writes all mail that is due.
    private func tell(_ store: TestStore, _ folder: MailFolder) async throws {
        let sender = MailMessage.Mailbox(name: "DM Aftercare", address: try MailAddress("shop@example.com"))
        let channel = MailChannel(
            store.store,
            from: sender,
            replyTo: nil,
            carrier: folder,
            printTimeout: .milliseconds(1)
        )
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let worker = DeliveryWorker(store.store.orders, logger: quiet, now: store.store.now) { [channel] }
        try await worker.drain()
        try await worker.drain()
    }

    /// An order that has been through everything, with something to be known by in each field that can be filled.
    private func filledOrder(_ store: TestStore) async throws -> JSON {
        let choice = """
            {"currency": "GBP", "country": "GB", "region": "Vixenshire", "ref": "ref-quagga-4711", "discountCodes": ["DEMO10"],
             "items": [{"sku": "DM-KIT", "quantity": 1}, {"sku": "ZERO-SHINE-SAMPLE", "quantity": 1}],
             "course": {"timeZone": "Pacific/Chatham", "sessions": ["2026-12-03"], "final": true}}
            """
        let cart = try await store.cart(choice)
        let total = try await store.send(.GET, cart.path).json.totals.total
        func address(_ lines: [String], _ more: String) -> String {
            #"{"line1": "\#(lines[0])", "line2": "\#(lines[1])", "city": "\#(lines[2])", "postalCode": "\#(lines[3])", "country": "GB"\#(more)}"#
        }
        let placed = try await store.send(
            .POST,
            cart.path + "/checkout",
            """
            {"customer": {"name": "\(Canary.name)", "givenName": "Zebbyquag", "email": "\(Canary.formerEmail)",
                          "phone": "+44 20 7946 0991"},
             "shippingAddress": \(address(["Oldlane Vixenish 3", "Second Floor Vixen", "Vixenham", "VX9 9VX"], #", "region": "Vixenshire""#)),
             "billingAddress": \(address(Canary.billing, "")), "payment": {"method": "invoice"},
             "expectedTotal": {"amount": \(total.amount.int ?? 0), "currency": "GBP"}, "accept": ["late"], "language": "en",
             "reminders": {"hour": 9}, "offers": {"wording": "1"}}
            """,
            ["Idempotency-Key": "filled"]
        )
        #expect(placed.status == 201, "\(placed.text)")
        let order = placed.json
        let (support, manager) = (try await store.staff(.support), try await store.staff(.manager))
        func act(_ method: HTTPMethod, _ path: String, _ body: String?, by staff: [String: String]) async throws {
            let answer = try await store.send(
                method,
                "/v1/staff/orders/\(order.number.text)" + path,
                body,
                staff.merging(["Idempotency-Key": "filled \(path)", "If-Match": "*"]) { $1 }
            )
            #expect((200..<300).contains(answer.status), "\(path): \(answer.text)")
        }
        try await act(
            .POST,
            "/contact",
            #"{"customer": {"name": "\#(Canary.name)", "givenName": "Zebbyquag", "email": "\#(Canary.email)", "phone": "+44 20 7946 0991"}, "address": {"line1": "Newlane Vixenish 9", "line2": "Second Floor Vixen", "city": "Vixenham", "postalCode": "VX9 9VX"}}"#,
            by: support
        )
        try await act(
            .PUT,
            "/course",
            #"{"timeZone": "Pacific/Chatham", "sessions": ["2026-12-03", "2026-12-15"]}"#,
            by: support
        )
        try await act(.POST, "/notes", #"{"text": "Note quaggatext"}"#, by: support)
        try await act(.POST, "/hold", #"{"reason": "other", "note": "Hold quaggatext"}"#, by: support)
        try await act(.DELETE, "/hold", nil, by: support)
        let amount = total.amount.int ?? 0
        try await act(
            .POST,
            "/payments",
            #"{"amount": {"amount": \#(amount), "currency": "GBP"}, "reference": "Bank quaggatext"}"#,
            by: support
        )
        try await store.store.feed.extend()
        _ = try await store.store.reminders.settle(
            store.store.orders.id(.number(try #require(OrderNumber(order.number.text)))),
            now: store.store.now()
        )
        let list = try await store.send(.GET, "/v1/staff/orders/\(order.number.text)/packing", nil, support).json
        let scanned = list.components.entries.flatMap { part in
            Array(repeating: #"{"code": "\#(part.sku.text)"}"#, count: part.quantity.int ?? 0)
        }
        try await act(.POST, "/packing", #"{"scanned": [\#(scanned.joined(separator: ", "))]}"#, by: support)
        try await act(.POST, "/shipments", #"{"carrier": "other", "trackingNumber": "QUAGGAPARCEL77"}"#, by: support)
        try await act(.POST, "/delivery", nil, by: support)
        try await act(
            .POST,
            "/returns/receipt",
            #"{"reason": "Return quaggatext", "restock": true}"#,
            by: support
        )
        try await act(
            .POST,
            "/refunds",
            #"{"returnNumber": "R1", "shipping": false, "reason": "Refund quaggatext"}"#,
            by: manager
        )
        try await act(.GET, "?reason=Asked%20quaggatext", nil, by: support)
        _ = try await store.pool.write([
            Statement(
                "INSERT INTO reminder_day SELECT id, '2026-11-20', 1 FROM orders WHERE number = $1",
                order.number.text
            ),
            Statement(
                """
                INSERT INTO reminder (order_id, kind, local_date, hour, time_zone, revision, due_at, look_at, state)
                SELECT id, 'wash', '2026-11-20', 9, 'Pacific/Chatham', 1, now(), now(), 'told' FROM orders WHERE number = $1
                """,
                order.number.text
            ),
            Statement("INSERT INTO delivery_position (channel, number) VALUES ('mail', 0) ON CONFLICT DO NOTHING"),
            Statement(
                """
                INSERT INTO delivery_failure (channel, order_id, sequence, at, attempts, reason)
                SELECT 'mail', id, 2, '2026-11-24 11:00Z', 1, 'Failure quaggatext' FROM orders WHERE number = $1
                """,
                order.number.text
            ),
            Statement(
                """
                INSERT INTO delivery_attempt (channel, order_id, sequence, attempt, at, milliseconds, outcome, status, answer,
                    reason)
                SELECT 'mail', id, 1, 1, '2026-11-24 11:00Z', 80, 'refused', 550, 'Answer quaggatext', 'no such mailbox'
                FROM orders WHERE number = $1
                """,
                order.number.text
            ),
            Statement(
                """
                INSERT INTO payment_attempt (order_id, ordinal, provider, status, amount, currency, action_url, return_address,
                    started_at, expires_at, look_at)
                SELECT id, 1, 'stripe', 'expired', 100, 'GBP', 'https://pay.example/Cancel quaggatext',
                    'https://shop.example/Return-to-quagga', '2026-11-24 09:00Z', '2026-11-24 10:00Z', '2026-11-24 10:00Z'
                FROM orders WHERE number = $1
                """,
                order.number.text
            ),
            Statement(
                """
                INSERT INTO finding (kind, reference, number, amount, currency, found_at, settled_at, settled_by, settled_reason)
                VALUES ('refundUnknown', 're_9', $1, 100, 'GBP', '2026-11-24 09:00Z', '2026-11-24 10:00Z', 'staff Max',
                    'Finding quaggatext')
                """,
                order.number.text
            ),
        ])
        return order
    }
}
