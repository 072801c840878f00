import Catalog
import Commerce
import Delivery
import FoundationEssentials
import Logging
import Mail
import NIOHTTP1
import Orders
import Staff
import Records
import StoreHTTP
import Synchronization
import TestSupport
import Testing

/// What customers are written when something happens to their orders, as a mail program reads it.
@Suite(DatabaseTrait.store) struct MailTests {
    /// Python's own reader of mail.
    private static let reader = """
        import email, email.policy, json, sys
        messages = {}
        for path in sys.argv[1:]:
            with open(path, 'rb') as file:
                message = email.message_from_binary_file(file, policy=email.policy.default)
            leaves = [part for part in message.walk() if not part.is_multipart()]
            files = {part.get_filename(): part.get_content() for part in leaves if part.get_filename()}
            parts = {part.get_content_type(): part.get_content() for part in leaves if not part.get_filename()}
            name = path.rsplit('-', 1)[1].removesuffix('.eml')
            messages[name] = {
                'subject': message['Subject'], 'to': message['To'], 'from': message['From'], 'id': message['Message-ID'],
                'answers': message['In-Reply-To'], 'plain': parts['text/plain'], 'html': parts['text/html'],
                'calendar': files.get('guide.ics'),
                'terms': files.get('terms-en.txt'), 'withdrawal': files.get('withdrawal-en.txt'),
            }
        print(json.dumps(messages))
        """

    /// Writes what there is to write; the messages by what happened.
    private func mails(_ store: TestStore) async throws -> JSON {
        try await withTestFolder { folder in
            try await tell(store, try channel(store, MailFolder(folder + "/mail")))
            let script = folder + "/reader.py"
            try Self.reader.write(toFile: script, atomically: true, encoding: .utf8)
            #expect(await shell("python3 \"$1\" \"$2\"/mail/*.eml > \"$2/read\"", script, folder) == 0)
            return try JSON(try Data(contentsOf: URL(filePath: folder + "/read")))
        }
    }

    @Test func aStoreForTryingThingsOutSaysSo() async throws {
        try await TestStore.run(settings: { $0.mode = .test }) { store in
            _ = try await store.paidOrder(key: "k")
            let mails = try await mails(store)
            for kind in ["placed", "paid"] {
                #expect(mails[kind].subject.text.hasPrefix("[Test] "), "\(kind)")
                #expect(mails[kind].plain.text.hasPrefix("Test store: nothing here is sold, paid or sent."), "\(kind)")
                #expect(mails[kind].html.text.contains("<mark>Test store: nothing here is sold"), "\(kind)")
            }
        }
    }

    @Test func whatBecomesOfUnitsAndPriceIsWrittenToTheirCustomer() async throws {
        try await TestStore.run { store in
            let two = TestStore.choice(#"[{"sku": "DM-KIT", "quantity": 2}]"#)
            let order = try await store.checkout(try await store.cart(two).path, key: "k", amount: 9000).json
            func act(_ answer: Answer) { #expect(answer.status == 200, "\(answer.text)") }
            let goodwill = #"{"goodwill": {"amount": 500, "currency": "GBP"}, "reason": "It came late."}"#
            act(try await store.staff(order, "refunds", goodwill, key: "goodwill"))
            let next = #"{"shippingMethod": "next-day", "expectedTotal": {"amount": 9295, "currency": "GBP"}}"#
            act(try await store.own(order, "shipping", next, key: "shipping"))
            let kit = #"{"items": [{"sku": "DM-KIT", "quantity": 1}]}"#
            let left = try await store.own(order, "cancellation", kit, key: "cancel").json.comesTo.amount.int ?? 0
            let receipt = #"{"amount": {"amount": \#(left), "currency": "GBP"}}"#
            act(try await store.staff(order, "payments", receipt, key: "paid"))
            try await store.sendAll()
            let bottle = #"{"items": [{"sku": "CLEANSE-SHAMPOO", "quantity": 1}], "reason": "It broke."}"#
            act(try await store.staff(order, "replacements", bottle, key: "again"))
            act(try await store.staff(order, "replacements/cancellation", #"{"reason": "A mistake."}"#, key: "mistake"))
            act(try await store.own(order, "returns", kit, key: "first"))
            act(try await store.own(order, "returns/closure", key: "kept"))
            act(try await store.own(order, "returns", kit, key: "second"))
            act(try await store.staff(order, "returns/receipt", "{}", key: "back"))
            let mails = try await mails(store)
            let number = order.number.text
            for (kind, words) in [
                ("credited", ["5.00 GBP"]), ("shippingChanged", [number]), ("partlyCancelled", [number]),
                ("replaced", ["1 × ", "Cleanse Shampoo"]), ("sendingCancelled", [number, "is not now"]),
                ("returnClosed", ["\(number)-R1", "stays with you"]), ("returnAnnounced", ["\(number)-R2"]),
                ("returned", [number]),
            ] {
                let mail = mails[kind]
                #expect(!mail.subject.text.isEmpty && !(mail.subject.text + mail.plain.text).contains("{"), "\(kind)")
                let plain = mail.plain.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                for word in words { #expect(plain.contains(word), "\(kind): \(plain)") }
            }
        }
    }

    @Test func everyStepOfAnOrderIsWrittenToItsCustomer() async throws {
        // Each thing happens a second after the one before.
        let start = try #require(TestStore.midday)
        let seconds = Mutex<Int64>(0)
        let clock: @Sendable () -> Instant = {
            start
                + .seconds(
                    seconds.withLock { seconds in
                        seconds += 1
                        return seconds
                    }
                )
        }
        try await TestStore.run(clock: clock) { store in
            let order = try await store.paidOrder(key: "k")
            let manager = try await store.staff(.manager)
            let path = "/v1/staff/orders/\(order.number.text)"
            let course = #"{"timeZone": "Europe/London", "sessions": ["2026-12-01", "2026-12-19"]}"#
            let moved = try await store.send(
                .PUT,
                path + "/course",
                course,
                manager.merging(["If-Match": "\"1\""]) { $1 }
            )
            #expect(moved.status == 200, "\(moved.text)")
            try await store.sendAll()
            let refund = try await store.send(
                .POST,
                path + "/refunds",
                #"{"goodwill": {"amount": 4500, "currency": "GBP"}, "reason": "Unopened."}"#,
                manager.merging(["Idempotency-Key": "r"]) { $1 }
            )
            #expect(refund.status < 300, "\(refund.text)")
            let mails = try await mails(store)
            let placed = mails.placed
            #expect(placed.subject.text == "Your order \(order.number.text), and your aftercare guide")
            #expect(placed.to.text.hasPrefix("Ada Example <ada@example.com") || placed.to.text.contains("Ada Example"))
            #expect(placed.answers == .null && mails.paid.answers == placed.id)
            for (kind, phrase) in [
                ("paid", "45.00 GBP"), ("rescheduled", "19 December"), ("refunded", "45.00 GBP"),
            ] {
                #expect(
                    mails[kind].plain.text.replacing("\n", with: " ").contains(phrase),
                    "\(kind): \(mails[kind].plain.text)"
                )
                #expect(mails[kind].html.text.contains(phrase), "\(kind)")
            }
            // The guide and the order open from each, as plain text and as a page.
            for kind in ["placed", "paid", "rescheduled", "refunded"] {
                for text in [mails[kind].plain.text, mails[kind].html.text] {
                    let guide = try #require(text.firstMatch(of: /http:\/\/store\.test(\/g\/[A-Za-z0-9_-]+)/)).1
                    #expect(try await store.send(.GET, String(guide)).status == 200)
                    let page = try #require(text.firstMatch(of: /http:\/\/store\.test(\/o\/[A-Za-z0-9_-]+)/)).1
                    #expect(try await store.send(.GET, String(page)).status == 200)
                }
                let lines = mails[kind].plain.text.split(separator: "\n").filter { !$0.hasPrefix("http") }
                #expect(lines.allSatisfy { $0.count <= 72 }, "\(lines)")
                #expect(mails[kind].html.text.utf8.count < 50_000)
            }
            // What matters most stands in the mail itself, in the guide's own words.
            let short = placed.plain.text.replacing("\n", with: " ")
            #expect(short.contains("Your days in short") && short.contains("Cleanse Shampoo"), "\(placed.plain.text)")
            #expect(short.contains("1 High Street") && !mails.paid.plain.text.contains("1 High Street"))
            // Dates come along where they are new, as they stand then.
            #expect(placed.calendar.text.contains("BEGIN:VCALENDAR") && mails.paid.calendar == .null)
            #expect(mails.rescheduled.calendar.text.contains("20261219"))
        }
    }

    /// What an order was placed under goes with its mail and stays readable, whatever the shop writes later.
    @Test func termsOfTheirTimeGoWithTheOrder() async throws {
        let now = Mutex(try #require(TestStore.midday))
        try await TestStore.run(clock: { now.withLock { $0 } }) { store in
            let first = try await store.paidOrder(key: "k")
            let old = try await store.send(.GET, "/v1/legal-texts").json.data
            #expect(old.entries.map(\.kind.text) == ["terms", "withdrawal"])
            let text = try await store.send(.GET, old[0].path.text).text
            #expect(text.contains("DEMO SHOP"))
            // The shop's own, before anybody was written to.
            let file = String(decoding: CatalogFile.demoBytes, as: UTF8.self)
            let changed = file.replacing("TERMS OF THE DEMO SHOP", with: "CONDITIONS · ΟΡΟΙ")
            _ = try await CatalogFile(Array(changed.utf8)).load(into: store.pool)
            let new = try await store.send(.GET, "/v1/legal-texts").json.data
            #expect(new[0].id != old[0].id && new[1] == old[1])
            var mails = try await mails(store)
            #expect(mails.placed.terms.text == text)
            #expect(mails.placed.withdrawal.text.contains("WITHDRAWING"))
            #expect(mails.placed.plain.text.replacing("\n", with: " ").contains("are attached"))
            #expect(mails.paid.terms == .null)
            #expect(try await store.send(.GET, old[0].path.text).text == text)
            // An order that is placed now is placed under the new ones.
            let second = try await store.paidOrder(key: "other")
            #expect(first.number.text != second.number.text)
            mails = try await self.mails(store)
            #expect(mails.placed.terms.text == (try await store.send(.GET, new[0].path.text).text))
            #expect(mails.placed.terms.text.contains("ΟΡΟΙ"))
            let none = try await store.send(.GET, "/v1/legal-texts/" + String(repeating: "0", count: 64))
            #expect(none.status == 404)
        }
    }

    /// The invoice goes with the payment's mail and a credit note with the refund's; a print that takes too long holds up
    /// neither.
    @Test(.enabled("WeasyPrint is installed") { Installed.has("weasyprint") }, arguments: [true, false])
    func documentsGoWithTheMailOfWhatTheyAreIssuedFor(isInTime: Bool) async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(key: "k")
            try await store.sendAll()
            let refund = try await store.send(
                .POST,
                "/v1/staff/orders/\(order.number.text)/refunds",
                #"{"goodwill": {"amount": 4500, "currency": "GBP"}, "reason": "Unopened."}"#,
                try await store.staff(.manager).merging(["Idempotency-Key": "r"]) { $1 }
            )
            #expect(refund.status < 300, "\(refund.text)")
            let files = try await withTestFolder { folder in
                let kept = MailFolder(folder + "/mail")
                try await tell(store, try channel(store, kept, printTimeout: isInTime ? .seconds(600) : .zero))
                return try kept.names().map { name in
                    let mail = try #require(kept.mail(named: name))
                    return mail.files.filter {
                        $0.type == "application/pdf" && $0.bytes.starts(with: Array("%PDF-".utf8))
                    }
                    .map(\.name)
                }
            }
            #expect(files == (isInTime ? [[], ["INV-000001.pdf"], ["CN-000001.pdf"]] : [[], [], []]))
        }
    }

    @Test func cancelledOrderIsSaidToBeCancelledAndNamesNoGuide() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(key: "k")
            let support = try await store.staff(.support)
            let cancelled = try await store.send(
                .POST,
                "/v1/staff/orders/\(order.number.text)/cancellation",
                #"{"reason": "Twice."}"#,
                support.merging(["Idempotency-Key": "c"]) { $1 }
            )
            #expect(cancelled.status < 300, "\(cancelled.text)")
            let mail = try await mails(store).cancelled
            #expect(mail.plain.text.contains("was cancelled") && !mail.plain.text.contains("/g/"))
            #expect(!mail.plain.text.contains("Twice."))
        }
    }

    /// What comes back is told that its seal counts, where it has one.
    @Test(arguments: [(true, true, true), (false, true, false), (true, false, false)])
    func withdrawalOfSealedGoodsSaysSo(isSealed: Bool, hasLeft: Bool, isSaid: Bool) async throws {
        try await TestStore.run { store in
            if !isSealed { try await CatalogFile(SealTests.file()).load(into: store.pool) }
            let order = try await hasLeft ? store.sentOrder(key: "k") : store.paidOrder(key: "k")
            let gone = try await store.send(
                .POST,
                "/v1/orders/\(order.token.text)/withdrawal",
                "{}",
                ["Idempotency-Key": "gone"]
            )
            #expect(gone.status == 200, "\(gone.text)")
            let mail = try await mails(store).withdrawn
            let plain = mail.plain.text.replacing("\n", with: " ")
            #expect(plain.contains("DM aftercare kit"), "\(plain)")
            for text in [plain, mail.html.text] {
                #expect(text.contains("only while the seal is unbroken") == isSaid, "\(text)")
            }
        }
    }

    /// A name of markup and line breaks stays text, in the page and in the headers.
    @Test func nameOfMarkupStaysText() async throws {
        try await TestStore.run { store in
            let name = "<b>Ada</b> \"& Co\""
            let path = try await store.cart().path
            #expect(try await store.checkout(path, key: "k", name: name.replacing("\"", with: "\\\"")).status == 201)
            let mail = try await mails(store).placed
            #expect(mail.to.text.contains("<b>Ada</b>") && !mail.html.text.contains("<b>Ada"))
        }
    }

    /// Mail that came back for good is said of the order; a corrected address gets the last mail of each kind, once.
    @Test func correctedAddressIsWrittenAgain() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(key: "k")
            let path = "/v1/staff/orders/\(order.number.text)"
            let support = try await store.staff(.support)
            let carrier = Relay()
            carrier.refuse("ada@example.com")
            let channel = try channel(store, carrier)
            try await tell(store, channel)
            #expect(carrier.sent.isEmpty)
            var shown = try await store.send(.GET, path, nil, support).json
            #expect(shown.mailUndeliverable == .bool(true))
            let kinds = shown.timeline.entries.map(\.kind.text)
            #expect(kinds.filter { $0 == "mailUndeliverable" }.count == 1, "\(kinds)")
            let list = try await store.send(.GET, "/v1/staff/orders", nil, support).json
            #expect(list.data.entries.map(\.mailUndeliverable) == [.bool(true)])
            let failed = try await store.send(.GET, "/v1/staff/deliveries?state=failed", nil, support).json.data.entries
            #expect(failed.map(\.type.text).sorted() == ["paid", "placed"])

            // Whoever tries one again sends it, now that the mailbox is there.
            carrier.refuse(nil)
            let again = "/v1/staff/deliveries/\(order.number.text)/1/retry"
            #expect(try await store.send(.POST, again, #"{"channel": "mail"}"#, support).status == 204)
            try await tell(store, channel)
            #expect(carrier.sent.map(\.recipient) == ["ada@example.com"])
            let attempts = try await store.send(.GET, "/v1/staff/deliveries/\(order.number.text)", nil, support).json
            #expect(attempts.data.entries.map(\.outcome.text).sorted() == ["delivered", "refused", "refused"])
            let manager = try await store.staff(.manager)
            let dropped = "/v1/staff/deliveries/\(order.number.text)/2/drop"
            #expect(try await store.send(.POST, dropped, #"{"channel": "mail"}"#, support).status == 403)
            #expect(try await store.send(.POST, dropped, #"{"channel": "mail"}"#, manager).status == 204)
            #expect(try await store.send(.POST, again, #"{"channel": "fax"}"#, support).status == 404)
            for channel in ["%00", "Mail", "x'"] {
                #expect(
                    try await store.send(.GET, "/v1/staff/deliveries?channel=\(channel)", nil, support).status == 422
                )
            }
            let left = try await store.send(.GET, "/v1/staff/deliveries", nil, support).json.data.entries
            #expect(left.isEmpty, "\(left)")
            carrier.forget()

            let corrected = try await store.send(
                .POST,
                path + "/contact",
                #"{"customer": {"name": "Ada Example", "email": "ada.example@example.com"}}"#,
                support.merging(["Idempotency-Key": "e"]) { $1 }
            )
            #expect(corrected.status == 200, "\(corrected.text)")
            try await tell(store, channel)
            #expect(carrier.sent.map(\.name).map { $0.split(separator: "-").last } == ["placed", "paid"])
            #expect(carrier.sent.allSatisfy { $0.recipient == "ada.example@example.com" })
            shown = try await store.send(.GET, path, nil, support).json
            #expect(shown.mailUndeliverable == .bool(false))
            // Told again from the beginning, nothing is written twice.
            try await DeliveryStore(store.store.orders).rewind("mail", after: 0)
            try await tell(store, channel)
            #expect(carrier.sent.count == 2)
        }
    }

    /// An address that no mail can go to is said of the order at once, and the right one gets what was missed; one that is
    /// corrected while something waits is not kept waiting.
    @Test(arguments: [true, false]) func addressThatTakesNoMailIsNoted(isMalformed: Bool) async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(key: "k")
            let path = "/v1/staff/orders/\(order.number.text)"
            let support = try await store.staff(.support)
            func correct(_ email: String, _ key: String) async throws {
                let body = #"{"customer": {"name": "Ada Example", "email": "\#(email)"}}"#
                let answer = try await store.send(
                    .POST,
                    path + "/contact",
                    body,
                    support.merging(["Idempotency-Key": key]) { $1 }
                )
                #expect(answer.status == 200, "\(answer.text)")
            }
            let carrier = Relay()
            if isMalformed { try await correct("a@b_c.example", "1") } else { carrier.fail("ada@example.com") }
            let channel = try channel(store, carrier)
            try await tell(store, channel)
            #expect(carrier.sent.isEmpty)
            let shown = try await store.send(.GET, path, nil, support).json
            #expect(shown.mailUndeliverable == .bool(isMalformed))
            try await correct("ada.example@example.com", "2")
            try await tell(store, channel)
            #expect(carrier.sent.map(\.name).map { $0.split(separator: "-").last } == ["placed", "paid"])
            #expect(carrier.sent.allSatisfy { $0.recipient == "ada.example@example.com" })
            // Whoever changes it again and again writes to few.
            for index in 0..<8 { try await correct("ada\(index)@example.com", "c\(index)") }
            try await tell(store, channel)
            for index in 8..<12 {
                try await correct("ada\(index)@example.com", "c\(index)")
                try await tell(store, channel)
            }
            #expect(Set(carrier.sent.map(\.recipient)).count <= 5)
        }
    }

    /// Whoever lost their links is mailed them, at the order's own address, at most three times an hour; the answer never
    /// says whether there is such an order.
    @Test func lostLinksAreMailedToTheOrdersOwnAddress() async throws {
        try await TestStore.run { store in
            let number = try await store.paidOrder(key: "k").number.text
            let carrier = Relay()
            let channel = try channel(store, carrier)
            try await tell(store, channel)
            let before = carrier.sent.count
            var answers: Set<String> = []
            for (order, email) in [
                (number, "ADA@example.com"), (number, "eve@example.com"), ("DM-7K4Q-99", "ada@example.com"),
                (number, "ada@example.com"), (number.lowercased(), "ada@example.com"), (number, "ada@example.com"),
                (number, "ada@example.com"),
            ] {
                let answer = try await store.send(
                    .POST,
                    "/v1/lost-links",
                    #"{"order": "\#(order)", "email": "\#(email)"}"#
                )
                answers.insert("\(answer.status) \(answer.text)")
            }
            #expect(answers == ["202 "])
            try await eventually("three were asked for") {
                try await store.number("SELECT count(*) AS n FROM order_event WHERE kind = 'linkRequested'") == 3
            }
            try await tell(store, channel)
            let mails = carrier.sent.dropFirst(before)
            #expect(mails.count == 3 && mails.allSatisfy { $0.recipient == "ada@example.com" })
            let mail = try #require(mails.first.flatMap { StoredMail($0.bytes) })
            #expect(mail.subject == "Your links to order \(number)")
            let page = try #require(mail.plain.firstMatch(of: /http:\/\/store\.test(\/o\/[A-Za-z0-9_-]+)/)).1
            #expect(try await store.send(.GET, String(page)).status == 200)
        }
    }

    @Test func pageForLostLinksSaysWhatIsWrongAndNeverWhatIsThere() async throws {
        try await TestStore.run { store in
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            #expect(try await store.send(.GET, "/find").text.contains("Find your order"))
            let wrong = try await store.send(.POST, "/find", "order=12&email=nobody%3Cb%3E", form)
            #expect(wrong.status == 422 && wrong.text.contains("This is no order number"))
            #expect(wrong.text.contains("no e-mail address") && wrong.text.contains("value=\"nobody&lt;b&gt;\""))
            let sent = try await store.send(.POST, "/find", "order=DM-7K4Q-99&email=ada%40example.com", form)
            #expect(sent.status == 303 && sent.headers["Location"] == ["/find?done"])
            #expect(try await store.send(.GET, "/find?done").text.contains("a mail is on its way"))
        }
    }

    /// What is written is read back as it was, in any script.
    @Test func folderShowsWhatWasWritten() async throws {
        try await TestStore.run { store in
            _ = try await store.paidOrder(key: "k")
            try await withTestFolder { folder in
                let kept = MailFolder(folder + "/mail")
                #expect(kept.names().isEmpty)
                try await tell(store, try channel(store, kept))
                #expect(kept.names().map { $0.split(separator: "-").last } == ["placed", "paid"])
                let mail = try #require(kept.mail(named: kept.names()[0]))
                #expect(mail.to == "Ada Example <ada@example.com>" && mail.plain.contains("Thank you for your order"))
                #expect(mail.html.contains("</html>"))
                #expect(mail.files.map(\.name) == ["guide.ics", "terms-en.txt", "withdrawal-en.txt"])
                #expect(kept.mail(named: "../mail/\(kept.names()[0])") == nil)
            }
        }
    }

    /// A carrier that keeps what it was given, and refuses addresses.
    private final class Relay: MailCarrier {
        private struct State {
            var sent: [(name: String, recipient: String, bytes: [UInt8])] = []
            var refused: Set<String> = []
            var failing: String?
        }

        private let state = Mutex(State())
        var sent: [(name: String, recipient: String, bytes: [UInt8])] { state.withLock(\.sent) }
        /// Refuses an address; nil for none any more.
        func refuse(_ address: String?) { state.withLock { $0.refused = Set([address].compactMap(\.self)) } }
        /// Takes nothing for an address for now.
        func fail(_ address: String) { state.withLock { $0.failing = address } }
        func forget() { state.withLock { $0.sent = [] } }

        func send(
            _ message: [UInt8],
            named name: String,
            from sender: MailAddress,
            to recipient: MailAddress
        ) async -> DeliveryOutcome {
            state.withLock { state in
                if state.failing == recipient.text { return .failed(reason: "the mailbox is full") }
                if state.refused.contains(recipient.text) { return .refused(reason: "there is no such mailbox") }
                state.sent.append((name, recipient.text, message))
                return .delivered()
            }
        }
    }

    private func channel(
        _ store: TestStore,
        _ carrier: any MailCarrier,
        printTimeout: Duration = .seconds(5)
    ) throws -> MailChannel {
        let sender = MailMessage.Mailbox(name: "DM Aftercare", address: try MailAddress("shop@example.com"))
        return MailChannel(
            store.store,
            from: sender,
            replyTo: nil,
            carrier: carrier,
            printTimeout: printTimeout
        )
    }

    private func tell(_ store: TestStore, _ channel: MailChannel) async throws {
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let worker = DeliveryWorker(store.store.orders, logger: quiet, now: store.store.now) { [channel] }
        try await worker.drain()
        // What came of it may be an event itself.
        try await worker.drain()
    }
}
