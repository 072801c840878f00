import ArgumentParser
import StoreAPI

/// `aftercare orders create`
struct OrdersCreate: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Take an order for a customer.",
        discussion: """
            At a terminal, what is not named is asked for, and asked again where it is wrong. What the customer has to agree to is read out and asked for \
            too; --accept names what they agree to already.

            Example: aftercare orders create --item DM-KIT --country GB --session 2026-12-01
            """
    )

    @Option(help: ArgumentHelp("A product, and how many.", valueName: "code[=n]"))
    var item: [ItemArgument] = []
    @Option(help: "The customer's name.")
    var name: String?
    @Option(help: "What the guide calls them by. [default: guessed from the name]")
    var givenName: String?
    @Option(help: "Their e-mail address.")
    var email: String?
    @Option(help: "Their telephone number.")
    var phone: String?
    @Option(help: "Street and number.")
    var line1: String?
    @Option(help: "A second line of the address.")
    var line2: String?
    @Option(help: "The town.")
    var city: String?
    @Option(help: "The region, where addresses have one.")
    var region: String?
    @Option(help: "The postal code.")
    var postalCode: String?
    @Option(help: "Two capital letters, such as GB.")
    var country: String?
    @Option(help: "A session's date; more than once for several.")
    var session: [DayArgument] = []
    @Option(help: "Where the sessions are.")
    var timeZone = "Europe/London"
    @Flag(inversion: .prefixedNo, help: "Whether the last session is the final one.")
    var final: Bool?
    @Option(help: "The price list, such as GBP.")
    var currency: String?
    @Option(help: "How it is sent; the first way that serves the country, if none is named.")
    var shippingMethod: String?
    @Option(help: "A discount code.")
    var discount: [String] = []
    @Option(help: "How it is paid.")
    var payment = "invoice"
    @Option(help: "A notice that the customer agrees to.")
    var accept: [String] = []
    @Option(
        help: ArgumentHelp("When the customer is reminded by mail, from 8 to 20. [default: never]", valueName: "hour")
    )
    var reminders: Int?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let (console, store) = (invocation.console, try invocation.store())
        var questions = OrderQuestions([
            .items: item.isEmpty ? nil : item.map { "\($0.sku)=\($0.quantity)" }.joined(separator: " "), .name: name,
            .email: email, .line1: line1, .city: city, .postalCode: postalCode, .country: country,
        ])
        try await questions.ask(console)
        var accepted = accept
        while true {
            let request = try StoreRequest.change(.post, .staff("orders"), order(questions, accepted))
            if change.dryRun { return try invocation.preview(request) }
            let answer = try await store.answer(request)
            guard invocation.context.inputIsTerminal, answer.status >= 400 else {
                return try finish(answer, accepted, invocation, store)
            }
            let open = Self.open(answer, accepted)
            if open.isEmpty {
                let refusal = ProblemReport.error(answer, url: store.login.url)
                guard try await questions.askAgain(after: refusal, console) else { throw refusal }
            }
            for notice in open {
                let reply = await console.ask("\(notice.detail) Does the customer agree? [y/n] ") ?? ""
                guard ["y", "yes"].contains(reply.lowercased()) else {
                    throw StaffError(.refused, "No order was placed.")
                }
                accepted.append(notice.code)
            }
        }
    }

    /// What the customer has to agree to yet.
    private static func open(_ answer: StoreAnswer, _ accepted: [String]) -> [CartNoticeBody] {
        (Notices.of(answer) ?? []).filter { !accepted.contains($0.code) }
    }

    private func finish(
        _ answer: StoreAnswer,
        _ accepted: [String],
        _ invocation: Invocation,
        _ store: StoreClient
    ) throws {
        guard (200..<300).contains(answer.status) else {
            let refusal = ProblemReport.error(answer, url: store.login.url)
            let open = Self.open(answer, accepted)
            guard !open.isEmpty else { throw refusal }
            throw StaffError(
                refusal.code,
                refusal.sentences + open.map(\.detail),
                advice: "If the customer agrees, add \(open.map { "--accept \($0.code)" }.joined(separator: " "))."
            )
        }
        try invocation.show(answer, as: StaffOrderBody.self) { order in
            try invocation.console.say("\(order.number) is placed: \(order.totals.total.text).", .good)
        }
    }

    /// The order with the notices that the customer agrees to.
    private func order(_ questions: OrderQuestions, _ accepted: [String]) -> StaffCreateRequestBody {
        let country = questions[.country].uppercased()
        let course = CourseRequestBody(timeZone: timeZone, sessions: session.map(\.text), final: final)
        return StaffCreateRequestBody(
            cart: ChoiceBody(
                currency: currency?.uppercased(),
                country: country,
                items: questions.items.map { ChoiceItemBody(sku: $0.sku, quantity: $0.quantity) },
                course: session.isEmpty ? nil : course,
                shippingMethod: shippingMethod,
                discountCodes: discount.isEmpty ? nil : discount
            ),
            order: StaffOrderRequestBody(
                customer: CheckoutCustomerBody(
                    name: questions[.name],
                    givenName: givenName,
                    email: questions[.email],
                    phone: phone
                ),
                shippingAddress: CheckoutAddressBody(
                    line1: questions[.line1],
                    line2: line2,
                    city: questions[.city],
                    region: region,
                    postalCode: questions[.postalCode],
                    country: country
                ),
                payment: PaymentChoiceBody(method: payment),
                accept: accepted.isEmpty ? nil : accepted,
                reminders: reminders.map { RemindersBody(hour: $0) }
            )
        )
    }
}
