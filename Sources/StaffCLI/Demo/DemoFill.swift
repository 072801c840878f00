import ArgumentParser
import Commerce
import Glibc
import StoreAPI

/// `aftercare demo fill`
struct DemoFill: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "fill",
        abstract: "Place made-up orders, as customers would.",
        discussion: """
            Kits and refills, sessions from yesterday to 30 days ahead, most of them paid. For a store that nobody \
            buys at.

            Example: aftercare demo fill --count 40 --yes
            """
    )

    @Option(help: "How many, 1 to 5000.")
    var count = 300
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...5000).contains(count) else { throw ValidationError("--count is from 1 to 5000.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let me: StaffTokenBody = try await store.send(.get(.staff("me"))).decode()
        guard me.role != .packer else {
            throw StaffError(.notAllowed, "Recording payments needs the role support.")
        }
        let products = try await products(store)
        let today = CalendarDate(daysSince1970: Int32(time(nil) / 86_400))
        func order(_ number: Int) -> DemoOrder { DemoOrder(number: number, products: products, today: today) }
        if change.dryRun {
            return try invocation.preview(StoreRequest.change(.post, .shop("carts"), order(1).cart))
        }
        try await invocation.console.confirm(
            "Place \(counted(count, "made-up order")) at \(store.login.url)?",
            unless: confirm.isAgreed
        )
        var result = Result()
        let bar = ProgressBar("Orders", total: count, sink: invocation.console.progress)
        do {
            for number in 1...count {
                try await place(order(number), store, &result)
                bar.show(number)
            }
        } catch {
            bar.clear()
            if !result.numbers.isEmpty {
                invocation.console.note("Placed before that: \(counted(result.numbers.count, "order")).")
            }
            throw error
        }
        bar.clear()
        try show(result, invocation)
    }

    /// What came of it.
    private struct Result {
        var numbers: [String] = []
        var paid = 0
        var refusals: [String] = []
    }

    private func show(_ result: Result, _ invocation: Invocation) throws {
        if invocation.console.isJSON {
            let summary = JSONValue.object([
                "orders": .list(result.numbers.map { .text($0) }), "paid": .integer(Int64(result.paid)),
                "refused": .integer(Int64(result.refusals.count)),
            ])
            try invocation.console.write(lines: [JSONText.of(summary)])
        } else {
            try invocation.console.say(
                "Placed \(counted(result.numbers.count, "order")), \(result.paid) of them paid.",
                .good
            )
        }
        if let first = result.refusals.first {
            throw StaffError(.refused, "\(result.refusals.count) were refused, the first because: \(first)")
        }
    }

    private func products(_ store: StoreClient) async throws -> [ProductBody] {
        var request = StoreRequest.get(StorePath.shop("products").with("currency", "GBP"))
        request.isPublic = true
        let list: ProductListBody = try await store.send(request).decode()
        let sold = list.data.filter { $0.kind != .sample && $0.availability.sellable > 0 }
        guard !sold.isEmpty else { throw StaffError(.refused, "The store has nothing to sell in GBP.") }
        return sold
    }

    private func place(_ order: DemoOrder, _ store: StoreClient, _ result: inout Result) async throws {
        do {
            let placed = try await checkOut(order, store)
            result.numbers.append(placed.number)
            guard order.isPaid else { return }
            let body = ReceiptRequestBody(amount: placed.totals.total, reference: "Demo")
            var receipt = try StoreRequest.change(.post, .staff("orders", placed.number, "payments"), body)
            receipt.keepsKey = false
            _ = try await store.send(receipt)
            result.paid += 1
        } catch let error as StaffError where error.code == .refused {
            // One product that has run out is no reason to stop.
            result.refusals.append(error.sentences.joined(separator: " "))
        }
    }

    private func checkOut(_ order: DemoOrder, _ store: StoreClient) async throws -> OrderBody {
        var making = try StoreRequest.change(.post, .shop("carts"), order.cart)
        (making.isPublic, making.keepsKey) = (true, false)
        let cart: CartBody = try await store.send(making).decode()
        var accepted: [String] = []
        while true {
            let checkout = CheckoutRequestBody(
                customer: order.customer,
                shippingAddress: order.address,
                payment: PaymentChoiceBody(method: "invoice"),
                expectedTotal: cart.totals.total,
                accept: accepted,
                language: "en"
            )
            var request = try StoreRequest.change(.post, .shop("carts", cart.id, "checkout"), checkout)
            (request.isPublic, request.keepsKey) = (true, false)
            let answer = try await store.answer(request)
            if let notices = Notices.of(answer), accepted.isEmpty, !notices.isEmpty {
                accepted = Set(notices.map(\.code)).sorted()
                continue
            }
            guard (200..<300).contains(answer.status) else { throw ProblemReport.error(answer, url: store.login.url) }
            return try answer.decode()
        }
    }
}
