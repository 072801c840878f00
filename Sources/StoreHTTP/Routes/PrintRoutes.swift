import Catalog
import Commerce
import Fulfilment
import GuideFormats
import HTTPTypes
import Hummingbird
import NIOCore
import Orders
import Staff
import UsageGuide

/// What goes into the boxes, on paper: packing slips and guide inserts, in packing order.
struct PrintRoutes: Sendable {
    let store: Store

    /// As many orders as WeasyPrint sets in the time that one print may take.
    private static let ordersMax = 25

    func add(to router: StaffRouter) {
        router.get("/v1/staff/prints", .packer) { request, context, member in
            let asked = try read(request)
            let orders = try await orders(asked)
            try await store.orders.noteViews(
                of: orders.map(\.id),
                reason: "print",
                by: .staff(member.name, context.requestID),
                now: store.now()
            )
            let notes = asked.hasSlips ? try await store.fulfilment.notes(of: orders) : [:]
            let html = try self.html(orders, notes, asked)
            var answer = PageAnswer(html: html, PackingSlip.template(on: asked.paper))
            if asked.isPDF {
                let pdf = try await store.printer.pdf(Array(html.utf8), named: answer.entityTag)
                answer = PageAnswer(bytes: pdf, type: "application/pdf", madeFrom: answer, named: store.printer.format)
            }
            answer.isPersonal = true
            var response = answer.response(to: request)
            response.headers[.orderCount] = "\(orders.count)"
            return response
        }
    }

    private struct Asked {
        var numbers: [OrderNumber] = []
        var isToday = false
        var hasSlips = true
        var hasInserts = true
        var isPDF = false
        var paper: Paper
    }

    private func read(_ request: Request) throws -> Asked {
        var asked = Asked(paper: store.settings.paper)
        for (key, value) in request.uri.queryParameters {
            switch (String(key), String(value)) {
            case ("order", let text):
                guard let number = OrderNumber(text) else {
                    throw Problem("", "notAnOrderNumber", "\(text.prefix(40)) is not an order number.")
                }
                if !asked.numbers.contains(number) { asked.numbers.append(number) }
            case ("today", "true"): asked.isToday = true
            case ("kind", "slip"): asked.hasInserts = false
            case ("kind", "insert"): asked.hasSlips = false
            case ("today", "false"), ("kind", "both"), ("format", "html"): break
            case ("format", "pdf"): asked.isPDF = true
            case ("paper", "a4"): asked.paper = .a4
            case ("paper", "letter"): asked.paper = .letter
            default:
                throw Problem(
                    "",
                    "unknownParameter",
                    """
                    A print takes order=NUMBER or today=true, kind=slip, insert or both, format=html or pdf, and paper=a4 \
                    or letter.
                    """
                )
            }
        }
        guard asked.isToday != !asked.numbers.isEmpty else {
            throw Problem("", "missing", "Name orders, or say today=true.")
        }
        guard asked.numbers.count <= Self.ordersMax else {
            throw Problem("", "tooMany", "One print holds at most \(Self.ordersMax) orders.")
        }
        return asked
    }

    /// The orders in packing order: the most urgent first, and those of today as the queue has them.
    private func orders(_ asked: Asked) async throws -> [Order] {
        var numbers = asked.numbers
        if asked.isToday {
            let now = store.now()
            let queue = try await store.fulfilment.queue(until: store.shopDay(now), count: Self.ordersMax, now: now)
            numbers = queue.filter { $0.blocks(shipsUnpaid: store.settings.shipsUnpaid).isEmpty && !$0.isPacked }
                .compactMap { OrderNumber($0.number) }
        }
        var orders: [Order] = []
        for number in numbers {
            guard let order = try await store.orders.order(.number(number)) else {
                throw Problem(.notFound, "There is no order \(number).")
            }
            orders.append(order)
        }
        if asked.isToday { return orders }
        return orders.sorted {
            ($0.shipBy?.daysSince1970 ?? .min, $0.id) < ($1.shipBy?.daysSince1970 ?? .min, $1.id)
        }
    }

    private func html(_ orders: [Order], _ notes: [Int64: [OrderNote]], _ asked: Asked) throws -> String {
        let catalog = orders.isEmpty ? nil : store.catalogs.known
        let sheets = try orders.map { order in
            let slip =
                asked.hasSlips
                ? try PackingSlip(order, notes: notes[order.id] ?? [], catalog: catalog, day: store.shopDay).html() : ""
            return slip + (asked.hasInserts ? try store.pages.insert(of: order, on: asked.paper) : "")
        }
        return PackingSlip.bound(sheets.joined(), on: asked.paper)
    }
}

extension HTTPField.Name {
    static let orderCount = HTTPField.Name.of("X-Orders")
}
