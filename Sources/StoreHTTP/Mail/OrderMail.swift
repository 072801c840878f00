import Commerce
import GuideFormats
import Orders
import Returns
import UsageGuide

/// What a customer is written when something happens to their order, in plain text and in HTML.
struct OrderMail {
    /// The events that a customer is written of.
    static let kinds: [OrderEvent] = [
        .placed, .paid, .shipped, .rescheduled, .cancelled, .refunded, .paymentFailed,
        .paymentReturned, .linkRequested, .orderLinkRenewed, .reminded,
        .partlyCancelled, .returnAnnounced, .returnClosed, .returned, .withdrawn, .replaced, .sendingCancelled,
        .credited,
        .shippingChanged,
    ]

    private static let template = HTMLTemplate(Embedded.text("mail.mustache"), style: "")
    /// Where plain text is wrapped.
    private static let columns = 72

    private struct Link {
        let name: String
        let address: String
    }

    let subject: String
    private let words: PageWords
    private let greeting: String
    private let paragraphs: [String]
    /// The first is what the mail is for.
    private let links: [Link]
    private let items: [(name: String, amount: String)]
    /// What is to be told beside the sentences: headings with what stands under them, name by name.
    private let tables: [Facts]

    /// Facts under a heading.
    private struct Facts {
        let heading: String
        let rows: [(name: String, text: String)]
    }

    /// - Parameters:
    ///   - entry: what happened.
    ///   - change: the plan before and after, where dates were moved.
    ///   - reminder: what a reminder says.
    ///   - returns: what comes back of the order, and where to, where the mail tells of that.
    ///   - replacement: which replacement of the order it tells of, from 1.
    ///   - hasLegalTexts: whether the terms go with it.
    ///   - publicURL: what the links begin with.
    /// - Throws: where the order's language is unknown.
    init(
        _ order: Order,
        _ entry: OrderFeed.Entry,
        change: (from: Plan, to: Plan)?,
        reminder: ReminderMail?,
        returns: (list: [Return], address: [String]) = ([], []),
        replacement: Int = 0,
        hasLegalTexts: Bool,
        publicURL: String
    ) throws {
        let words = try PageWords(language: order.details.language)
        let number = ["number": order.number.description]
        let amount = entry.amount?.text ?? ""
        let both = number.merging(["amount": amount]) { $1 }
        let guide = order.guideToken.map {
            Link(name: words.text(.mailGuide), address: publicURL + StorePath.guidePage($0))
        }
        let isOpen = order.status == .placed && order.paymentStatus == .unpaid && order.comesTo.amount > 0
        var links = [
            guide,
            Link(
                name: words.text(isOpen ? .mailPay : .mailOrder),
                address: publicURL + StorePath.orderPage(order.token)
            ),
        ]
        var items: [(String, String)] = []
        switch OrderEvent(rawValue: entry.kind) {
        case .paid:
            subject = words.text(.mailPaidSubject, number)
            paragraphs = [words.text(.mailPaid, both)]
        case .shipped:
            subject = words.text(.mailShippedSubject, number)
            let parcel = order.shipments.last { $0.shippedAt != nil }
            var sentences = [words.text(.mailShipped, number)]
            if let carrier = parcel?.carrier, let tracking = parcel?.trackingNumber {
                sentences.append(words.text(.mailShippedWith, ["carrier": carrier.name, "tracking": tracking]))
                links.insert(
                    carrier.page(for: tracking).map { Link(name: words.text(.mailTrack), address: $0) },
                    at: 0
                )
            }
            paragraphs = sentences
        case .rescheduled:
            subject = words.text(.mailMovedSubject, number)
            let changes = change.map { words.changes(from: $0.from, to: $0.to) } ?? []
            paragraphs = [words.text(.mailMoved)] + changes
        case .cancelled:
            subject = words.text(.mailCancelledSubject, number)
            paragraphs = [words.text(.mailCancelled, number)]
            links.removeFirst()
        case .refunded:
            subject = words.text(.mailRefundedSubject, both)
            paragraphs = [words.text(.mailRefunded, both)]
            links.reverse()
        case .paymentReturned:
            subject = words.text(.mailPaymentReturnedSubject, number)
            paragraphs = [words.text(.mailPaymentReturned, both)]
            links.reverse()
        case .partlyCancelled:
            subject = words.text(.mailPartlyCancelledSubject, number)
            paragraphs = [words.text(.mailPartlyCancelled, number)]
            links.reverse()
        case .returnAnnounced:
            let back = Self.back(
                returns.list.last { $0.kind == .allowed && $0.announcedAt == entry.at },
                of: order,
                returns.address
            )
            subject = words.text(.mailReturnAnnouncedSubject, back)
            paragraphs = [words.text(.mailReturnAnnounced, back)]
            links.reverse()
        case .returnClosed:
            let closed = returns.list.filter { $0.closedAt == entry.at }.map { $0.number(of: order.number) }
            let back = number.merging(["return": closed.joined(separator: ", ")]) { $1 }
            subject = words.text(.mailReturnClosedSubject, back)
            paragraphs = [words.text(.mailReturnClosed, back)]
            links.reverse()
        case .returned:
            subject = words.text(.mailReturnedSubject, number)
            paragraphs = [words.text(.mailReturned, number)]
            links.reverse()
        case .withdrawn:
            subject = words.text(.mailWithdrawnSubject, number)
            let when = [
                "date": words.date(entry.at.date), "time": String(entry.at.description.dropFirst(11).prefix(5)),
            ]
            let units = ["units": Self.withdrawn(at: entry, of: order, returns.list)]
            let back = returns.list.filter { $0.kind == .withdrawal && $0.announcedAt == entry.at }
            let isSealed = back.flatMap(\.lines).contains { order.lines[$0.line - 1].isSealed }
            paragraphs =
                [words.text(.mailWithdrawn, number.merging(when) { $1 }.merging(units) { $1 })]
                + (back.isEmpty
                    ? [] : [words.text(.mailWithdrawnBack, Self.back(back.last, of: order, returns.address))])
                + (isSealed ? [words.text(.orderWithdrawSealed)] : [])
            links.reverse()
        case .replaced:
            subject = words.text(.mailReplacedSubject, number)
            let units = order.lines.flatMap(\.replacements).filter { $0.replacement == replacement }
                .map { "\($0.quantity) × \($0.name.isolated)" }
            paragraphs = [words.text(.mailReplaced, number.merging(["units": units.joined(separator: ", ")]) { $1 })]
            links.reverse()
        case .sendingCancelled:
            subject = words.text(.mailSendingCancelledSubject, number)
            paragraphs = [words.text(.mailSendingCancelled, number)]
            links.reverse()
        case .credited:
            subject = words.text(.mailCreditedSubject, number)
            paragraphs = [words.text(.mailCredited, both)]
            links.reverse()
        case .shippingChanged:
            subject = words.text(.mailShippingChangedSubject, number)
            paragraphs = [words.text(.mailShippingChanged, number.merging(["amount": order.comesTo.text]) { $1 })]
            links.reverse()
        case .paymentFailed:
            subject = words.text(.mailFailedSubject, number)
            paragraphs = [words.text(.mailFailed, number)]
            links.reverse()
        case .linkRequested:
            subject = words.text(.mailLinksSubject, number)
            paragraphs = [words.text(.mailLinks, number)]
        case .orderLinkRenewed:
            subject = words.text(.mailLinksSubject, number)
            paragraphs = [words.text(.mailLinkRenewed, number)]
        case .reminded:
            subject = reminder?.subject ?? ""
            paragraphs = reminder?.paragraphs ?? []
            links = (reminder?.offered ?? []).map { Link(name: $0.name, address: publicURL + $0.path) } + links
            links.append(reminder.map { Link(name: $0.wayOut.name, address: publicURL + $0.wayOut.path) })
        default:
            subject = words.text(.mailPlacedSubject, number)
            paragraphs =
                [words.text(.mailPlaced, number)] + (isOpen ? [words.text(.mailPlacedUnpaid)] : [])
                + (hasLegalTexts ? [words.text(.mailLegalTexts)] : [])
            items = Self.items(order, words)
        }
        let tellsPlan = [OrderEvent.placed.rawValue, OrderEvent.rescheduled.rawValue].contains(entry.kind)
        tables =
            (tellsPlan ? try Self.plan(order, words) : [])
            + (entry.kind == OrderEvent.placed.rawValue ? [Self.address(order, words)] : [])
        self.words = words
        self.links = links.compactMap(\.self)
        self.items = items
        greeting = words.text(.mailGreeting, ["name": order.details.customer.calledBy.isolated])
    }

    /// What a mail says of a return: its number, and where to send it.
    private static func back(_ back: Return?, of order: Order, _ address: [String]) -> [String: String] {
        [
            "number": order.number.description, "return": back?.number(of: order.number) ?? "",
            "address": address.map(\.isolated).joined(separator: ", "),
        ]
    }

    /// The units that were withdrawn from at the moment of an entry.
    private static func withdrawn(at entry: OrderFeed.Entry, of order: Order, _ returns: [Return]) -> String {
        var units: [Int: Int] = [:]
        for adjustment in order.adjustments where adjustment.cause == .withdrawn && adjustment.at == entry.at {
            units.merge(adjustment.units, uniquingKeysWith: +)
        }
        for back in returns where back.kind == .withdrawal && back.announcedAt == entry.at {
            for line in back.lines { units[line.line, default: 0] += line.quantity }
        }
        return units.sorted { $0.key < $1.key }.map { "\($0.value) × \(order.lines[$0.key - 1].name.isolated)" }
            .joined(separator: ", ")
    }

    /// When each session is and each bottle is used, in the guide's own words; nothing while no date is known.
    private static func plan(_ order: Order, _ words: PageWords) throws -> [Facts] {
        if order.guide.guide.plan.status == .undated { return [] }
        let (_, guide) = try order.guide.document()
        let rows = guide.sessions.map { ($0.what, $0.when) } + guide.products.map { ($0.name, $0.when) }
        return [Facts(heading: words.text(.mailPlan), rows: rows)]
    }

    private static func address(_ order: Order, _ words: PageWords) -> Facts {
        let address = order.details.shippingAddress
        let lines: [String?] = [
            order.details.customer.name, address.line1, address.line2, address.city, address.region, address.postalCode,
            address.country.rawValue,
        ]
        return Facts(
            heading: words.text(.mailGoesTo),
            rows: [("", lines.compactMap(\.self).map(\.isolated).joined(separator: ", "))]
        )
    }

    private static func items(_ order: Order, _ words: PageWords) -> [(String, String)] {
        let totals = order.totals
        var items = order.lines.map { ("\($0.quantity) × \($0.name.isolated)", $0.total.text) }
        if totals.discount.amount > 0 { items.append((words.text(.orderDiscount), "−\(totals.discount.text)")) }
        if totals.shipping.amount > 0 { items.append((words.text(.orderShipping), totals.shipping.text)) }
        if !totals.isTaxIncluded, totals.tax.amount > 0 { items.append((words.text(.orderTax), totals.tax.text)) }
        items.append((words.text(.orderTotal), totals.total.text))
        if totals.isTaxIncluded, totals.tax.amount > 0 {
            items.append((words.text(.orderTaxIncluded, ["amount": totals.tax.text]), ""))
        }
        return items
    }

    /// As plain text, for whoever reads no other.
    var plain: String {
        var blocks = [greeting] + paragraphs.map { Self.wrapped($0) }
        if let first = links.first { blocks.append("\(first.name):\n\(first.address)") }
        if !items.isEmpty {
            let rows = items.map { name, amount in
                // A name that is long goes on above its amount.
                let lines = Self.wrapped(name, columns: Self.columns - 4 - amount.count).split(separator: "\n")
                let last = "  " + (lines.last ?? "")
                let gap = max(Self.columns - last.count - amount.count, 1)
                let ending = amount.isEmpty ? "" : String(repeating: " ", count: gap) + amount
                return (lines.dropLast().map { "  " + $0 } + [last + ending]).joined(separator: "\n")
            }
            blocks.append(([words.text(.mailItems)] + rows).joined(separator: "\n"))
        }
        blocks += tables.map { facts in
            ([facts.heading] + facts.rows.map { Self.text($0.name, $0.text) }).joined(separator: "\n")
        }
        blocks += links.dropFirst().map { "\($0.name):\n\($0.address)" }
        blocks.append(Self.wrapped(words.text(.mailFooter)))
        return blocks.joined(separator: "\n\n") + "\n"
    }

    /// A fact on lines of its own, its name before it, or above it where that is long.
    private static func text(_ name: String, _ text: String) -> String {
        let indent = name.isEmpty ? 2 : name.count > 30 ? 4 : max(26, name.count + 4)
        let space = String(repeating: " ", count: indent)
        let lines = wrapped(text, columns: columns - indent).split(separator: "\n").map { space + $0 }
        if name.isEmpty || name.count > 30 {
            return ((name.isEmpty ? [] : ["  " + name]) + lines).joined(separator: "\n")
        }
        let head = "  " + name + space.dropFirst(name.count + 2)
        return ([head + (lines.first ?? "").dropFirst(indent)] + lines.dropFirst()).joined(separator: "\n")
    }

    /// As a page that mail programs show: no picture, no script, its style beside each part.
    var html: String {
        Self.template.render([
            "language": words.language, "direction": words.direction, "subject": subject, "greeting": greeting,
            "paragraphs": paragraphs, "footer": words.text(.mailFooter), "wordItems": words.text(.mailItems),
            "hasItems": !items.isEmpty, "items": items.map { ["name": $0.name, "amount": $0.amount] },
            "tables": tables.map { facts in
                ["heading": facts.heading, "rows": facts.rows.map { ["name": $0.name, "text": $0.text] }]
                    as [String: Any]
            },
            "first": links.prefix(1).map { ["name": $0.name, "address": $0.address] },
            "others": links.dropFirst().map { ["name": $0.name, "address": $0.address] },
        ])
    }

    /// Lines of at most so many columns; a word that is longer stands alone.
    static func wrapped(_ text: String, columns: Int = columns) -> String {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= columns {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines.joined(separator: "\n")
    }
}
