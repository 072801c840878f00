import Commerce
import Links
import Crypto
package import Delivery
import Encodings
import FoundationEssentials
import GuideFormats
package import Mail
package import Orders
import Postgres
import Reminders
import Returns
import UsageGuide

/// Takes messages to whom they are for.
package protocol MailCarrier: Sendable {
    /// Takes room for one message that is sent next; how long until there is some, or nil where there was.
    func takeRoom() async throws -> Duration?
    /// - Parameters:
    ///   - message: as it goes out.
    ///   - name: a name for the message that stays the same when it is sent again.
    func send(_ message: [UInt8], named name: String, from sender: MailAddress, to recipient: MailAddress) async
        -> DeliveryOutcome
}

extension MailCarrier {
    package func takeRoom() async throws -> Duration? { nil }
}

/// Writes to the customer what happens to their order.
package struct MailChannel: DeliveryChannel {
    /// A calendar that is larger is left to its link.
    private static let calendarOctetsMax = 30_000

    private let store: Store
    private let mails: MailStore
    private let sender: MailMessage.Mailbox
    private let replyTo: MailMessage.Mailbox?
    private let carrier: any MailCarrier
    private let files: MailFiles

    /// - Parameter printTimeout: how long a mail waits for a document's PDF. It goes without one that takes longer.
    package init(
        _ store: Store,
        from sender: MailMessage.Mailbox,
        replyTo: MailMessage.Mailbox?,
        carrier: any MailCarrier,
        printTimeout: Duration = .seconds(5)
    ) {
        self.store = store
        mails = MailStore(store.pool)
        self.sender = sender
        self.replyTo = replyTo
        self.carrier = carrier
        files = MailFiles(store, printTimeout: printTimeout)
    }

    package var name: String { "mail" }
    package var kinds: [OrderEvent] { OrderMail.kinds + [.contactChanged] }
    package var forgetsAfter: Duration? { .seconds(3 * 86_400) }
    package var retriesAfter: [OrderEvent] { [.contactChanged] }
    /// As many as a relay is sent at once: none waits for another while its lease runs.
    package var atOnce: Int { MailRelay.atOnce }

    package func deliver(_ event: DeliveredEvent) async -> DeliveryOutcome {
        do {
            let (found, mails) = try await store.pool.read(
                store.orders.reading(.id(event.entry.orderID)),
                self.mails.mails(of: event.entry.orderID)
            )
            guard let order = found else { return .delivered() }
            let email = order.details.customer.email.rawValue
            for entry in try await entries(of: event, order, mails, to: email) {
                let outcome = try await send(entry, of: order, to: email, now: event.now)
                switch outcome {
                case .delivered: continue
                case .failed(let reason, _, _) where event.isLast:
                    try await noteUndeliverable(entry, of: order, email, reason: reason, now: event.now)
                default: break
                }
                return outcome
            }
            return .delivered()
        } catch OrderError.erased {
            // There is nobody to be told.
            return .delivered()
        } catch let error as MailError {
            return .refused(reason: "\(error)")
        } catch {
            return .failed(reason: "the mail could not be written (\(type(of: error)))")
        }
    }

    /// So many addresses an order's mails follow: whoever changes it again and again writes to nobody else.
    private static let addressesMax = 4

    /// The entries of the log that are to be written of because of an event, and were not yet to this address: its own,
    /// or, where the address was corrected, the last of each kind.
    private func entries(
        of event: DeliveredEvent,
        _ order: Order,
        _ mails: [MailStore.Sent],
        to email: String
    ) async throws -> [OrderFeed.Entry] {
        let hash = self.hash(email)
        let written = Set(mails.filter { $0.recipient == hash && $0.isSent }.map(\.sequence))
        guard event.entry.kind == OrderEvent.contactChanged.rawValue else {
            return written.contains(event.entry.sequence) ? [] : [event.entry]
        }
        let others = Set(mails.map(\.recipient)).subtracting([hash])
        if others.count >= Self.addressesMax { return [] }
        let elsewhere = Set(mails.map(\.sequence)).subtracting(written).sorted()
        let entries = try await store.feed.first(of: OrderMail.kinds, in: elsewhere.map { (order.id, $0...$0) })
        let last = entries.compactMap(\.self).reduce(into: [:]) { last, entry in last[entry.kind] = entry }
        // What was told to this address of a later entry need not be told of an earlier one.
        let told = try await store.feed.first(of: OrderMail.kinds, in: written.sorted().map { (order.id, $0...$0) })
        return last.values
            .filter { entry in
                !told.contains { $0.map { $0.kind == entry.kind && $0.sequence > entry.sequence } ?? false }
            }
            .sorted { $0.sequence < $1.sequence }
    }

    /// Sends the mail of an entry, and writes down that it went or never can.
    private func send(
        _ entry: OrderFeed.Entry,
        of order: Order,
        to email: String,
        now: Instant
    ) async throws -> DeliveryOutcome {
        // What costs nothing is paid without anybody's doing.
        if entry.kind == OrderEvent.paid.rawValue, entry.amount?.amount ?? 0 == 0 { return .delivered() }
        let reminder = try await reminder(entry, of: order, now: now)
        // What comes too late, or is wanted no more, is left alone.
        if entry.kind == OrderEvent.reminded.rawValue, reminder == nil { return .delivered() }
        if try await isToldByWithdrawal(entry, of: order) { return .delivered() }
        let recipient: MailAddress
        do { recipient = try MailAddress(email) } catch {
            try await noteUndeliverable(entry, of: order, email, reason: "\(error)", now: now)
            return .refused(reason: "\(error)")
        }
        if let wait = try await carrier.takeRoom() { return .later(after: wait) }
        let message = try await message(entry, reminder, of: order, to: recipient, now: now)
        let name = "\(order.number)-\(entry.sequence)-\(entry.kind)"
        let outcome = await carrier.send(try message.bytes(), named: name, from: sender.address, to: recipient)
        switch outcome {
        case .delivered:
            // It went. Where that can't be written down now, whoever settles the event still does, and it goes no second
            // time.
            try? await note(true, entry, of: order, email, now: now)
        case .refused(let reason, _): try await noteUndeliverable(entry, of: order, email, reason: reason, now: now)
        case .failed, .later: break
        }
        return outcome
    }

    /// Whether a return was closed because a withdrawal took its place: the withdrawal's own mail says what comes back.
    private func isToldByWithdrawal(_ entry: OrderFeed.Entry, of order: Order) async throws -> Bool {
        guard entry.kind == OrderEvent.returnClosed.rawValue else { return false }
        return try await store.returns.returns(of: order).contains {
            $0.kind == .withdrawal && $0.announcedAt == entry.at
        }
    }

    /// Writes down that a mail can't reach its customer, and says so of the order.
    private func noteUndeliverable(
        _ entry: OrderFeed.Entry,
        of order: Order,
        _ email: String,
        reason: String,
        now: Instant
    ) async throws {
        try await note(false, entry, of: order, email, now: now)
        try await store.orders.noteUndeliverableMail(order.id, reason: reason, now: now)
    }

    private func note(
        _ isSent: Bool,
        _ entry: OrderFeed.Entry,
        of order: Order,
        _ email: String,
        now: Instant
    ) async throws {
        let mail = MailStore.Sent(sequence: entry.sequence, recipient: hash(email), isSent: isSent)
        try await mails.note(mail, of: order.id, now: now)
    }

    /// A keyed hash of an address.
    private func hash(_ email: String) -> [UInt8] {
        Array(store.orders.keyed("mail to \(email.lowercased())").prefix(16))
    }

    /// The mail of an event.
    private func message(
        _ entry: OrderFeed.Entry,
        _ reminder: ReminderMail?,
        of order: Order,
        to recipient: MailAddress,
        now: Instant
    ) async throws -> MailMessage {
        let change = entry.kind == OrderEvent.rescheduled.rawValue ? try await change(of: order, by: entry) : nil
        let texts = entry.kind == OrderEvent.placed.rawValue ? try await files.legalTexts(of: order) : []
        let documents = try await files.documents(of: order, for: entry)
        let tellsReturns = [OrderEvent.returnAnnounced, .returnClosed, .withdrawn].map(\.rawValue).contains(entry.kind)
        let returns = tellsReturns ? try await (store.returns.returns(of: order), store.returnAddress()) : ([], [])
        let replacement =
            entry.kind == OrderEvent.replaced.rawValue
            ? try await store.pool.read(OrderLog.count(of: .replaced, in: order.id, upTo: entry.sequence)) : 0
        let publicURL = store.settings.publicURL
        let isTest = store.settings.isTest
        let mail = try OrderMail(
            order,
            entry,
            change: change,
            reminder: reminder,
            returns: returns,
            replacement: replacement,
            hasLegalTexts: !texts.isEmpty,
            publicURL: publicURL
        )
        let tellsDates = [OrderEvent.placed.rawValue, OrderEvent.rescheduled.rawValue].contains(entry.kind)
        return MailMessage(
            from: sender,
            to: MailMessage.Mailbox(name: order.details.customer.name, address: recipient),
            replyTo: replyTo,
            subject: isTest ? TestMark.subject(mail.subject) : mail.subject,
            date: now,
            messageID: messageID(order, entry.sequence),
            inReplyTo: entry.sequence == 1 ? nil : messageID(order, 1),
            // Mail programs ask at https addresses alone.
            unsubscribe: publicURL.hasPrefix("https:")
                ? reminder.map { publicURL + $0.wayOut.path } : nil,
            plain: isTest ? TestMark.text(mail.plain) : mail.plain,
            html: isTest ? TestMark.page(mail.html) : mail.html,
            calendar: tellsDates ? try await calendar(order, now: now) : nil,
            attachments: texts + documents
        )
    }

    /// What an event made of the plan. Later revisions may have followed before it is told.
    private func change(of order: Order, by entry: OrderFeed.Entry) async throws -> (from: Plan, to: Plan)? {
        let revisions = try await store.orders.guides(of: order.number)
        guard let index = revisions.lastIndex(where: { $0.issuedAt <= entry.at }), index > 0 else { return nil }
        return (revisions[index - 1].guide.plan, revisions[index].guide.plan)
    }

    /// What a reminder says now; nil where it is not to be sent any more.
    private func reminder(_ entry: OrderFeed.Entry, of order: Order, now: Instant) async throws -> ReminderMail? {
        guard entry.kind == OrderEvent.reminded.rawValue,
            let day = try await store.reminders.day(of: order.id, entry.sequence),
            let unsubscription = try store.unsubscription(of: order)
        else { return nil }
        let kinds = try await store.reminders.due(day, of: order, now: now)
        if kinds.isEmpty { return nil }
        return kinds.contains(where: \.isOffer)
            ? try ReminderMail(offering: kinds, of: order, unsubscription: unsubscription)
            : try ReminderMail(kinds, on: day.date, of: order, unsubscription: unsubscription)
    }

    /// The same for good, and nobody outside can say which order it is of.
    private func messageID(_ order: Order, _ sequence: Int) -> String {
        let seed = store.orders.keyed("mail \(order.id) \(sequence)")
        let domain = sender.address.text.split(separator: "@").last.map { String($0) } ?? "localhost"
        return seed.prefix(16).hexadecimal + "@" + domain
    }

    private func calendar(_ order: Order, now: Instant) async throws -> MailMessage.Calendar? {
        guard order.guide.guide.plan.course?.sessions.isEmpty == false, let token = order.guideToken,
            let link = store.keys.link(.guide, token),
            let (guide, history) = try await store.orders.history(.guide, link)
        else { return nil }
        let text = try store.pages.calendarText(guide, history, reminder: nil, now: now)
        return text.utf8.count <= Self.calendarOctetsMax ? MailMessage.Calendar(name: "guide.ics", text: text) : nil
    }
}
