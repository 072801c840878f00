import Catalog
import JSONFields
import Orders

extension ContactCorrection {
    /// Reads what is put right: the e-mail, the address or both. An address is given whole, without country and region.
    init?(_ fields: Fields) {
        fields.allow("email", "address")
        guard fields.has("email") || fields.has("address") else {
            fields.report(nil, "missing", "Give the e-mail, the address or both.")
            return nil
        }
        let email = fields.has("email") ? CheckoutReader.email(fields) : nil
        let address = fields.object("address") { address -> Address? in
            address.allow("line1", "line2", "city", "postalCode")
            let line1 = address.require("line1") ? address.checkLine("line1", lengthMax: 200) : nil
            let line2 = address.checkLine("line2", lengthMax: 200)
            let city = address.require("city") ? address.checkLine("city", lengthMax: 100) : nil
            let postalCode = address.require("postalCode") ? address.checkLine("postalCode", lengthMax: 20) : nil
            guard let line1, let city, let postalCode else { return nil }
            return Address(line1: line1, line2: line2, city: city, postalCode: postalCode)
        }
        self.init(email: email, address: address)
    }
}
