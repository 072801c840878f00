import Catalog
import Commerce
import JSONFields
import Orders
import Payments
import Returns

extension Fields {
    /// So many units of each product; nil where none are named.
    func units(_ name: String) -> [SKU: Int]? {
        let items = objects(name, countMax: 50) { item -> (SKU, Int)? in
            item.allow("sku", "quantity")
            guard let sku = item.sku("sku"), item.require("quantity"),
                let count = item.integer("quantity", in: 1...1000)
            else { return nil }
            return (sku, count)
        }
        guard let items, !items.isEmpty else { return nil }
        var units: [SKU: Int] = [:]
        for item in items where units.updateValue(item.1, forKey: item.0) != nil {
            report(name, "duplicate", "\(item.0) is listed twice.")
        }
        return units
    }

    /// A return by its number, `DM-7K4Q-99-R1`, or by its place in the order, `1`.
    /// - Parameter order: the number of the order that it has to be of; nil where only its customer asks.
    func returnOrdinal(_ name: String, of order: String?) -> Int? {
        guard let text = text(name) else { return nil }
        let parts = text.split(separator: "-")
        let ordinal = parts.last.flatMap { Int($0.drop { $0 == "R" || $0 == "r" }) }
        if ordinal == nil { report(name, "unknownReturn", "A return's number ends in R and a number, such as R1.") }
        let number = parts.dropLast().joined(separator: "-")
        if let order, !number.isEmpty, OrderNumber(number) != OrderNumber(order) {
            report(name, "otherOrder", "This is a return of another order: \(number).")
        }
        return ordinal
    }
}

/// What is asked of an order's units and its price, as requests say it.
enum UnitsReader {
    /// Some units, or all of them.
    @Sendable static func ownItems(_ fields: Fields) -> [SKU: Int]?? {
        fields.allow("items")
        return .some(fields.units("items"))
    }

    @Sendable static func cancellation(_ fields: Fields) -> (units: [SKU: Int]?, reason: String)? {
        fields.allow("reason", "items")
        let units = fields.units("items")
        return (fields.require("reason") ? fields.checkLine("reason", lengthMax: 200) : nil).map { (units, $0) }
    }

    /// - Parameter order: the number of the order, which a return's number begins with.
    static func refund(of order: String?) -> @Sendable (Fields) -> RefundRequest? {
        { fields in refund(fields, of: order) }
    }

    private static func refund(_ fields: Fields, of order: String?) -> RefundRequest? {
        fields.allow("items", "lost", "returnNumber", "shipping", "shippingAmount", "goodwill", "reason")
        let units = fields.units("items")
        let areLost = fields.flag("lost") ?? false
        let returned = fields.returnOrdinal("returnNumber", of: order)
        let isShipping = fields.flag("shipping") ?? false
        let shipping = fields.object("shippingAmount", CheckoutReader.money)
        let goodwill = fields.object("goodwill", CheckoutReader.money)
        if units == nil, returned == nil, !isShipping, shipping == nil, goodwill == nil {
            fields.report("items", "missing", "Name what goes back: items, a return, shipping, or goodwill.")
        }
        guard fields.require("reason"), let reason = fields.checkLine("reason", lengthMax: 200) else { return nil }
        var request = RefundRequest(reason: reason)
        request.quantities = units ?? [:]
        request.areLost = areLost
        request.returned = returned
        request.shipping = isShipping ? .all : shipping.map { .amount($0) } ?? .none
        request.goodwill = goodwill
        return request
    }

    @Sendable static func announcement(_ fields: Fields) -> (units: [SKU: Int], reason: String?)? {
        fields.allow("items", "reason")
        let units = fields.units("items")
        let reason = fields.checkLine("reason", lengthMax: 200)
        if units == nil { fields.report("items", "missing", "Name what comes back.") }
        return units.map { ($0, reason) }
    }

    /// Which return nobody waits for any more, and why.
    /// - Parameter order: the number of the order, which a return's number begins with; nil where its customer asks.
    static func closure(of order: String?) -> @Sendable (Fields) -> (ordinal: Int?, reason: String?)? {
        { fields in
            fields.allow("returnNumber", "reason")
            return (fields.returnOrdinal("returnNumber", of: order), fields.checkLine("reason", lengthMax: 200))
        }
    }

    /// - Parameter order: the number of the order, which a return's number begins with.
    static func receipt(of order: String?) -> @Sendable (Fields) -> ReturnReceipt? {
        { fields in receipt(fields, of: order) }
    }

    private static func receipt(_ fields: Fields, of order: String?) -> ReturnReceipt? {
        fields.allow("returnNumber", "items", "units", "restock", "reason")
        let ordinal = fields.returnOrdinal("returnNumber", of: order)
        let quantities = fields.units("items") ?? [:]
        let isRestocked = fields.flag("restock") ?? false
        let units = fields.objects("units", countMax: 200) { unit -> ReturnReceipt.Unit? in
            unit.allow("sku", "quantity", "lot", "restock")
            let lot = unit.checkLine("lot", lengthMax: 40, isCode: true)
            guard let sku = unit.sku("sku"), unit.require("quantity"),
                let quantity = unit.integer("quantity", in: 1...1000), unit.require("restock"),
                let restock = unit.flag("restock")
            else { return nil }
            return ReturnReceipt.Unit(sku: sku, quantity: quantity, lot: lot, isRestocked: restock)
        }
        return ReturnReceipt(
            ordinal: ordinal,
            quantities: quantities,
            units: units?.isEmpty == true ? nil : units,
            isRestocked: isRestocked,
            reason: fields.checkLine("reason", lengthMax: 200)
        )
    }

    @Sendable static func shippingMethod(_ fields: Fields) -> String? {
        fields.allow("shippingMethod")
        return fields.require("shippingMethod") ? fields.checkLine("shippingMethod", lengthMax: 40) : nil
    }

    @Sendable static func shipping(_ fields: Fields) -> (method: String, total: Money)? {
        fields.allow("shippingMethod", "expectedTotal")
        let method = fields.require("shippingMethod") ? fields.checkLine("shippingMethod", lengthMax: 40) : nil
        let total = fields.require("expectedTotal") ? fields.object("expectedTotal", CheckoutReader.money) : nil
        guard let method, let total else { return nil }
        return (method, total)
    }
}
