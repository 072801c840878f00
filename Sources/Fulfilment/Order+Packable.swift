package import Orders

extension Order {
    /// Why an order can't be packed now, as a sentence; nil where it can.
    package func packingObstacle(shipsUnpaid: Bool) -> String? {
        if status == .cancelled { return "It was cancelled." }
        if !fulfilmentStatus.isOpen || openComponents.isEmpty {
            if !waitingShipments.isEmpty { return "It is packed and waits to be sent." }
            return fulfilmentStatus == .unfulfilled
                ? "All of it was given back before it left." : "It has left already."
        }
        if let hold { return "It is on hold: \(hold.note ?? hold.reason.rawValue)." }
        switch paymentStatus {
        case .paid, .partlyRefunded: return nil
        case .failed: return "Its payment failed."
        case .refunded: return "It was refunded."
        case .unpaid, .authorised, .void: return shipsUnpaid ? nil : "It is not paid yet."
        }
    }
}
