import Commerce
import Delivery
import FoundationEssentials
import Logging
import Mail
import NIOHTTP1
import Orders
import Staff
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
            parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
            name = path.rsplit('-', 1)[1].removesuffix('.eml')
            messages[name] = {
                'subject': message['Subject'], 'to': message['To'], 'from': message['From'], 'id': message['Message-ID'],
                'answers': message['In-Reply-To'], 'plain': parts['text/plain'], 'html': parts['text/html'],
                'calendar': parts.get('text/calendar'),
            }
        print(json.dumps(messages))
        """

    /// Writes what there is to write; the messages by what happened.
    private func mails(_ store: TestStore) async throws -> JSON {
        try await withTestFolder { folder in
            var quiet = Logger(label: "test")
            quiet.logLevel = .critical
            let sender = MailMessage.Mailbox(name: "DM Aftercare", address: try MailAddress("shop@example.com"))
            let channel = MailChannel(store.store, from: sender, replyTo: nil, carrier: MailFolder(folder + "/mail"))
            try await DeliveryWorker(
                store.store.orders,
                logger: quiet,
                now: store.store.now,
                channels: { [channel] }
            ).drain()
            let script = folder + "/reader.py"
            try Self.reader.write(toFile: script, atomically: true, encoding: .utf8)
            #expect(await shell("python3 \"$1\" \"$2\"/mail/*.eml > \"$2/read\"", script, folder) == 0)
            return try JSON(try Data(contentsOf: URL(filePath: folder + "/read")))
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
                #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "reason": "Unopened."}"#,
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
            // Dates come along where they are new, as they stand then.
            #expect(placed.calendar.text.contains("BEGIN:VCALENDAR") && mails.paid.calendar == .null)
            #expect(mails.rescheduled.calendar.text.contains("20261219"))
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
}
