import StoreAPI

/// An endpoint as the staff see it.
enum WebhookSheet {
    static func show(_ endpoint: WebhookEndpointBody, on console: Console) throws {
        var sheet = FactSheet()
        sheet.add("Endpoint", endpoint.id, .strong)
        sheet.add("Address", endpoint.url)
        sheet.add("For", endpoint.description)
        sheet.add("Types", endpoint.typesText)
        let state = "\(endpoint.state.rawValue) since \(console.time(endpoint.stateSince))"
        sheet.add(
            "State",
            [state, endpoint.stateReason].compactMap { $0 }.joined(separator: ": "),
            Style(endpoint.state)
        )
        sheet.add("Failing since", endpoint.failingSince.map { console.time($0) }, .alarm)
        sheet.add("Former secret", endpoint.formerSecretUntil.map { "signs too until \(console.time($0))" })
        sheet.add("Made", console.time(endpoint.createdAt))
        try console.show(sheet)
        if let secret = endpoint.secret {
            try console.say("Its secret: \(secret)", .strong)
            console.note("It is shown this once: give it to the receiver, which checks each message with it.")
        }
    }
}

extension WebhookEndpointBody {
    /// The types that it is told, on one line.
    var typesText: String { types?.joined(separator: ", ") ?? "all" }
}

extension Style {
    /// How an endpoint's state looks.
    init(_ state: WebhookState) {
        self =
            switch state {
            case .active: .good
            case .paused, .disabled: .alarm
            case .unknown: .plain
            }
    }
}

/// Types of event, as they are typed: separated by commas.
enum EventTypes {
    static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
    }
}
