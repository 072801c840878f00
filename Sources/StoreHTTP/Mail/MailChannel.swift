import Commerce
import Links
import Crypto
package import Delivery
import Encodings
import FoundationEssentials
import GuideFormats
package import Mail
package import Orders
import UsageGuide

/// Takes messages to whom they are for.
package protocol MailCarrier: Sendable {
    /// - Parameters:
    ///   - message: as it goes out.
    ///   - name: a name for the message that stays the same when it is sent again.
    func send(_ message: [UInt8], named name: String, from sender: MailAddress, to recipient: MailAddress) async
        -> DeliveryOutcome
}

/// Writes to the customer what happens to their order.
package struct MailChannel: DeliveryChannel {
    /// A calendar that is larger is left to its link.
    private static let calendarOctetsMax = 30_000

    private let store: Store
    private let sender: MailMessage.Mailbox
    private let replyTo: MailMessage.Mailbox?
    private let carrier: any MailCarrier

    package init(
        _ store: Store,
        from sender: MailMessage.Mailbox,
        replyTo: MailMessage.Mailbox?,
        carrier: any MailCarrier
    ) {
        self.store = store
        self.sender = sender
        self.replyTo = replyTo
        self.carrier = carrier
    }

    package var name: String { "mail" }
    package var kinds: [OrderEvent] { OrderMail.kinds }

    package func deliver(_ event: DeliveredEvent) async -> DeliveryOutcome {
        let order = event.order
        // What costs nothing is paid without anybody's doing.
        if event.entry.kind == OrderEvent.paid.rawValue, event.entry.amount ?? 0 == 0 { return .delivered }
        let recipient: MailAddress
        do { recipient = try MailAddress(order.details.customer.email.rawValue) } catch {
            return .refused(reason: "\(error)")
        }
        do {
            let message = try await message(event, to: recipient)
            let name = "\(order.number)-\(event.entry.sequence)-\(event.entry.kind)"
            return await carrier.send(try message.bytes(), named: name, from: sender.address, to: recipient)
        } catch let error as MailError {
            return .refused(reason: "\(error)")
        } catch {
            return .failed(reason: "the mail could not be written (\(type(of: error)))")
        }
    }

    /// The mail of an event.
    private func message(_ event: DeliveredEvent, to recipient: MailAddress) async throws -> MailMessage {
        let (order, entry) = (event.order, event.entry)
        let change = entry.kind == OrderEvent.rescheduled.rawValue ? try await change(of: order, by: entry) : nil
        let mail = try OrderMail(order, entry, change: change, publicURL: store.settings.publicURL)
        let tellsDates = [OrderEvent.placed.rawValue, OrderEvent.rescheduled.rawValue].contains(entry.kind)
        return MailMessage(
            from: sender,
            to: MailMessage.Mailbox(name: order.details.customer.name, address: recipient),
            replyTo: replyTo,
            subject: mail.subject,
            date: event.now,
            messageID: messageID(order, entry.sequence),
            inReplyTo: entry.sequence == 1 ? nil : messageID(order, 1),
            plain: mail.plain,
            html: mail.html,
            calendar: tellsDates ? try await calendar(order, now: event.now) : nil
        )
    }

    /// What an event made of the plan. Later revisions may have followed before it is told.
    private func change(of order: Order, by entry: OrderLog.Entry) async throws -> (from: Plan, to: Plan)? {
        let revisions = try await store.orders.guides(of: order.number)
        guard let index = revisions.lastIndex(where: { $0.issuedAt <= entry.at }), index > 0 else { return nil }
        return (revisions[index - 1].guide.plan, revisions[index].guide.plan)
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
