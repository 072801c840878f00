package import Commerce
import Orders
package import Personal
import Postgres

extension Store {
    /// Has what was erased lately be gone for good: from what was written meanwhile, from this machine's mail, and, as a line,
    /// into the lists beside the database and the backups. Every server does it, soon after whichever did the erasing.
    package func settleErasures(now: Instant) async throws {
        let erased = try await personal.eraseLateComers(now: now)
        if erased.isEmpty { return }
        try settle(erased)
    }

    /// The same for all that was ever erased: for a server that is new, or was not there.
    package func settleAllErasures() async throws {
        try settle(try await pool.read(OrderErasure.erased(since: Instant(microsecondsSince1970: 0))))
    }

    private func settle(_ erased: [OrderErasure.Erased]) throws {
        try settings.erasures?.add(erased)
        try settings.keptMail?.remove(Set(erased.map(\.number)))
        // Last: a disk of backups that is full or away holds up nothing else, and the next round tries again.
        try settings.erasuresBesideBackups?.add(erased)
    }

    /// Does again what the list beside the database says was erased, where the database does not know it.
    package func replayErasures(now: Instant) async throws -> PersonalStore.Replay {
        guard let list = settings.erasures else { return PersonalStore.Replay() }
        return try await personal.replay(try list.entries(), now: now)
    }

    /// Erases what was kept for long enough.
    package func sweepPersonal(now: Instant) async throws {
        try await personal.sweep(settings.retention, now: now)
        try settings.keptMail?.remove(writtenBefore: now + .seconds(-settings.retention.mailDays * 86_400))
        try await settleAllErasures()
    }
}

extension PersonalStore.Holding {
    /// What is still open of the order, and what to do about it; nil for nothing.
    var whatIsOpen: String? {
        switch obstacle {
        case nil: nil
        case .parcel:
            "\(order.number) is still to be sent or to arrive: record its delivery or its return, or cancel it."
        case .payment: "\(order.number) is not paid: record the payment."
        case .money: "The money of \(order.number) is still moving: wait until it has come, or has gone back."
        case .comesBack:
            "Something of \(order.number) is to come back: receive and refund it, or close it with aftercare return close."
        case .unsettled:
            """
            A refund of \(order.number) did not arrive, or its money is not what the provider says: see that the customer \
            has what is theirs, and settle what aftercare reconcile list shows; it is compared every hour.
            """
        }
    }
}
