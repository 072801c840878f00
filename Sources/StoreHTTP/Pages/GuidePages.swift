import Commerce
import GuideFormats
import Links
import OrderedCollections
import Orders
import Synchronization
import UsageGuide

/// The forms that a guide takes for whoever has its link. The page is a pure function of a revision, a name and a day, so the
/// last ones that were asked for are kept; and which revision a link opens is asked for once a second at most.
final class GuidePages: Sendable {
    private struct Seen {
        let guide: SharedGuide
        let at: ContinuousClock.Instant
    }

    private struct Key: Hashable {
        let token: LinkToken
        let revision: Int
        let firstName: String
        let isCancelled: Bool
        let today: CalendarDate?
    }

    private static let keptMax = 128
    private let kept = Mutex<OrderedDictionary<Key, PageAnswer>>([:])
    /// What was seen, and how often a link has been forgotten: what was read before that is not kept after it.
    private let lastSeen = Mutex<(seen: OrderedDictionary<LinkToken, Seen>, forgotten: Int)>(([:], 0))
    private static let seenLifetime = Duration.seconds(1)
    private let orders: OrderStore
    private let publicURL: String
    private let paper: Paper

    /// - Parameters:
    ///   - publicURL: what the codes on paper lead to.
    ///   - paper: what the shop prints on.
    init(_ orders: OrderStore, publicURL: String, paper: Paper) {
        self.orders = orders
        self.publicURL = publicURL
        self.paper = paper
    }

    /// The guide that a link opens, at most a second old; nil for an unknown, a wrong or a revoked link.
    func guide(_ link: Link) async throws -> SharedGuide? {
        let token = link.token
        let now = ContinuousClock.now
        let (known, forgotten) = lastSeen.withLock { ($0.seen[token], $0.forgotten) }
        if let known, now - known.at < Self.seenLifetime { return known.guide }
        guard let guide = try await orders.guide(.guide, link) else { return nil }
        lastSeen.withLock { lastSeen in
            guard lastSeen.forgotten == forgotten else { return }
            lastSeen.seen[token] = nil
            if lastSeen.seen.count >= Self.keptMax { lastSeen.seen.removeFirst() }
            lastSeen.seen[token] = Seen(guide: guide, at: now)
        }
        return guide
    }

    /// Looks again at a link whose guide was changed here.
    func forget(_ token: LinkToken?) {
        guard let token else { return }
        lastSeen.withLock {
            $0.seen[token] = nil
            $0.forgotten += 1
        }
    }

    func page(_ token: LinkToken, _ guide: SharedGuide, on today: CalendarDate?) throws -> PageAnswer {
        let key = Key(
            token: token,
            revision: guide.issued.revision,
            firstName: guide.firstName,
            isCancelled: guide.cancelledAt != nil,
            today: today
        )
        if let page = kept.withLock({ $0[key] }) { return page }
        let (content, document) = try guide.issued.document()
        let html = GuidePage.render(
            guide.issued.guide,
            document,
            content: content,
            cover: guide.cover,
            on: today,
            path: StorePath.guidePage(token)
        )
        let page = PageAnswer(html: html, GuidePage.template)
        kept.withLock { kept in
            if kept.count >= Self.keptMax { kept.removeFirst() }
            kept[key] = page
        }
        return page
    }

    func text(_ guide: SharedGuide) throws -> PageAnswer {
        let (content, document) = try guide.issued.document()
        let text = GuideText.render(document, content: content, cover: guide.cover)
        return PageAnswer(bytes: Array(text.utf8), type: "text/plain; charset=utf-8")
    }

    func sheet(_ kind: GuideSheet.Kind, _ token: LinkToken, _ guide: SharedGuide) throws -> PageAnswer {
        let (content, document) = try guide.issued.document()
        let html = GuideSheet.render(
            kind,
            guide.issued.guide,
            document,
            content: content,
            cover: guide.cover,
            address: publicURL + StorePath.guidePage(token),
            on: paper
        )
        return PageAnswer(html: html, GuideSheet.template(kind, on: paper))
    }

    /// An order's insert, to be bound with others. Its code leads to the guide's page, or nowhere where that is off.
    func insert(of order: Order, on paper: Paper) throws -> String {
        let (content, document) = try order.guide.document()
        return GuideSheet.content(
            of: GuideSheet.render(
                .insert,
                order.guide.guide,
                document,
                content: content,
                cover: order.cover,
                address: publicURL + (order.guideToken.map(StorePath.guidePage) ?? ""),
                on: paper
            )
        )
    }

    func calendar(
        _ guide: SharedGuide,
        _ history: [IssuedGuide],
        reminder: GuideCalendar.Reminder?,
        now: Instant
    ) throws -> PageAnswer {
        let text = try calendarText(guide, history, reminder: reminder, now: now)
        return PageAnswer(bytes: Array(text.utf8), type: "text/calendar; charset=utf-8")
    }

    func calendarText(
        _ guide: SharedGuide,
        _ history: [IssuedGuide],
        reminder: GuideCalendar.Reminder?,
        now: Instant
    ) throws -> String {
        let revisions = try history.map { issued in
            GuideCalendar.Revision(issuedAt: issued.issuedAt, document: try issued.document().document)
        }
        return GuideCalendar.render(
            revisions,
            cancelledAt: guide.cancelledAt,
            firstName: guide.firstName,
            content: try guide.issued.content,
            seed: guide.calendarSeed,
            reminder: reminder,
            now: now
        )
    }
}

extension Order {
    /// What stands around its guide.
    var cover: GuideCover {
        GuideCover(
            firstName: details.customer.calledBy,
            orderNumber: number.description,
            revision: guide.revision,
            issuedAt: guide.issuedAt,
            isCancelled: status == .cancelled
        )
    }
}

extension SharedGuide {
    fileprivate var cover: GuideCover {
        GuideCover(
            firstName: firstName,
            orderNumber: orderNumber,
            revision: issued.revision,
            issuedAt: issued.issuedAt,
            isCancelled: cancelledAt != nil
        )
    }
}
