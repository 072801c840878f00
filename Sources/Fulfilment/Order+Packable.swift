package import Orders

extension Order {
    /// Why an order can't be packed now, as a sentence; nil where it can.
    package func packingObstacle(shipsUnpaid: Bool) -> String? {
        if status == .cancelled { return "It was cancelled." }
        if !fulfilmentStatus.isOpen || openComponents.isEmpty {
            if !waitingShipments.isEmpty { return "It is packed and waits to be sent." }
            return fulfilmentStatus == .unfulfilled ? "Nothing of it is to be sent." : "It has left already."
        }
        if let hold { return "It is on hold: \(hold.note ?? hold.reason.rawValue)." }
        switch paymentStatus {
        // Whatever went back: what is open is to be sent.
        case .paid, .partlyRefunded, .refunded: return nil
        case .failed: return "Its payment failed."
        case .unpaid, .authorised, .void: return shipsUnpaid ? nil : "It is not paid yet."
        }
    }
}
