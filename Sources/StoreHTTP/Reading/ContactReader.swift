import Catalog
import JSONFields
import Orders

extension ContactCorrection {
    /// Reads what is put right: the customer, the address or both. Each is given whole, an address without country and
    /// region.
    init?(_ fields: Fields) {
        fields.allow("customer", "address")
        guard fields.has("customer") || fields.has("address") else {
            fields.report(nil, "missing", "Give the customer, the address or both.")
            return nil
        }
        let customer = fields.object("customer", CheckoutReader.customer)
        let address = fields.object("address") { address -> Address? in
            address.allow("line1", "line2", "city", "postalCode")
            let line1 = address.require("line1") ? address.checkLine("line1", lengthMax: 200) : nil
            let line2 = address.checkLine("line2", lengthMax: 200)
            let city = address.require("city") ? address.checkLine("city", lengthMax: 100) : nil
            let postalCode = address.require("postalCode") ? address.checkLine("postalCode", lengthMax: 20) : nil
            guard let line1, let city, let postalCode else { return nil }
            return Address(line1: line1, line2: line2, city: city, postalCode: postalCode)
        }
        self.init(customer: customer, address: address)
    }
}
