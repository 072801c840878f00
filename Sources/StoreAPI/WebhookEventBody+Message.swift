extension WebhookEventBody {
    /// What its message is called, the same however often and to whomever it is told: made of what never changes of an
    /// event, so that a database that is made anew calls none of its own the same.
    package var messageID: String {
        "evt_\(data.order)_\(data.sequence)_\(timestamp.filter { $0.isLetter || $0.isNumber })"
    }

    /// The order and the place in its log that an event's name tells, be it a message's or `DM-7K4Q-99/3`; nil for what is
    /// none.
    package static func event(named name: String) -> (order: String, sequence: Int)? {
        let match = name.wholeMatch(of: /evt_([^_]+)_([0-9]{1,9})_[^_]+|([^\/]+)\/([0-9]{1,9})/)
        guard let match, let order = match.1 ?? match.3, let sequence = (match.2 ?? match.4).flatMap({ Int($0) })
        else { return nil }
        return (String(order), sequence)
    }
}
