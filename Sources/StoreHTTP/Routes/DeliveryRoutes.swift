import Catalog
import Commerce
import Delivery
import Hummingbird
import JSONFields
import Orders
import Staff
import StoreAPI

/// What was told of the orders and what was not, for those who look after it.
struct DeliveryRoutes: Sendable {
    let store: Store

    private var reader: StaffRequestReader { StaffRequestReader(store: store) }
    private var deliveries: DeliveryStore { DeliveryStore(store.orders) }

    func add(to router: StaffRouter) {
        router.get("/v1/staff/deliveries", .support) { request, _, _ in
            try request.checkQuery("channel", "state", "limit")
            let states = DeliveryStore.Standing.State.allCases.map(\.rawValue)
            let state = request.uri.queryParameters["state"].map { String($0) }
            if let state, !states.contains(state) {
                throw Problem("", "unknownValue", "state is one of \(states.joined(separator: ", ")).")
            }
            let channel = request.uri.queryParameters["channel"].map { String($0) }
            if let channel, channel.wholeMatch(of: /[a-z]{1,20}[0-9]{0,12}/) == nil {
                throw Problem("", "unknownValue", "A channel is named like mail or webhook7.")
            }
            let standings = try await deliveries.standings(
                channel: channel,
                state: state.flatMap { DeliveryStore.Standing.State(rawValue: $0) },
                count: try request.integer("limit", in: 1...500) ?? 100
            )
            let entries = try await store.feed.first(
                of: OrderEvent.allCases,
                in: standings.map { ($0.orderID, $0.sequence...$0.sequence) }
            )
            let data = zip(standings, entries).map { DeliveryBody($0, $1, order: store.orders.number(of: $0.orderID)) }
            return Response.privateJSON(DeliveryListBody(data: data))
        }
        router.get("/v1/staff/deliveries/{number}", .support) { request, context, member in
            try request.checkQuery()
            let order = try await reader.order(context)
            let attempts = try await deliveries.attempts(of: order.id, count: 500)
            let entries = try await store.feed.first(
                of: OrderEvent.allCases,
                in: attempts.map { (order.id, $0.sequence...$0.sequence) }
            )
            return Response.privateJSON(
                DeliveryAttemptListBody(
                    data: zip(attempts, entries).map { attempt, entry in
                        // What other systems answer is between them and the managers.
                        let showsAnswer = attempt.channel == "mail" || member.role >= .manager
                        return DeliveryAttemptBody(attempt, entry, showsAnswer: showsAnswer)
                    }
                )
            )
        }
        router.post("/v1/staff/deliveries/{number}/{sequence}/retry", .support) { request, context, member in
            let (act, channel) = try await asked(request, context, member)
            let order = try await reader.order(context)
            guard
                try await deliveries.retry(channel, order: order.id, sequence: sequence(context), now: act.now)
            else { throw Self.noSuchDelivery }
            store.orders.changes.notify()
            return Response(status: .noContent)
        }
        router.post("/v1/staff/deliveries/{number}/{sequence}/drop", .manager) { request, context, member in
            let (act, channel) = try await asked(request, context, member)
            let order = try await reader.order(context)
            let isDropped = try await deliveries.drop(
                channel,
                order: order.id,
                sequence: sequence(context),
                by: act.actor,
                now: act.now
            )
            guard isDropped else { throw Self.noSuchDelivery }
            store.orders.changes.notify()
            return Response(status: .noContent)
        }
    }

    private static let noSuchDelivery = Problem(
        .notFound,
        "Nothing of this order and sequence waits on that channel or was given up: list the deliveries."
    )

    private func asked(
        _ request: Request,
        _ context: StoreContext,
        _ member: StaffToken
    ) async throws -> (StaffRequestReader.Act, String) {
        try await reader.act(request, context, member, needsKey: false) { fields in
            fields.allow("channel")
            return fields.require("channel") ? fields.checkLine("channel", lengthMax: 40) : nil
        }
    }

    private func sequence(_ context: StoreContext) throws -> Int {
        guard let sequence = context.parameters.get("sequence").flatMap({ Int($0) }), (1...1_000_000).contains(sequence)
        else { throw Self.noSuchDelivery }
        return sequence
    }
}

extension DeliveryBody {
    init(_ standing: DeliveryStore.Standing, _ entry: OrderFeed.Entry?, order: OrderNumber) {
        self.init(
            channel: standing.channel,
            order: order.description,
            sequence: standing.sequence,
            type: entry?.kind ?? "",
            state: DeliveryState(rawValue: standing.state.rawValue),
            attempts: standing.attempts,
            at: standing.at.description,
            dueAt: standing.dueAt?.description,
            reason: standing.reason
        )
    }
}

extension DeliveryAttemptBody {
    init(_ attempt: DeliveryStore.Attempt, _ entry: OrderFeed.Entry?, showsAnswer: Bool) {
        self.init(
            channel: attempt.channel,
            sequence: attempt.sequence,
            type: entry?.kind ?? "",
            attempt: attempt.attempt,
            at: attempt.at.description,
            milliseconds: attempt.milliseconds,
            outcome: DeliveryAttemptOutcome(rawValue: attempt.outcome),
            status: attempt.answer?.status,
            answer: showsAnswer ? attempt.answer?.text : nil,
            reason: attempt.reason
        )
    }
}
