@testable import Admission
import Commerce
@testable import Links
@testable import Orders
@testable import Postgres
@testable import Staff
@testable import StaffCLI

extension Parser {
    /// What things, countries and orders are called.
    static let names = Parser("names") { input in
        let text = input.text
        for line in input.lines {
            if let number = OrderNumber(line) {
                try hold(OrderNumber(number.description) == number, "an order's number is read as it is shown")
                let again = OrderNumber(sequence: number.sequence(secret: [1]), secret: [1])
                try hold(again == number, "an order's number says how many came before it")
            }
            if let sku = SKU(rawValue: line) { try hold(sku.description == line, "a SKU is its text") }
            if let gtin = GTIN(line) { try hold(GTIN(gtin.digits) == gtin, "a GTIN has one form of fourteen digits") }
            _ = (Currency(rawValue: line), Country(rawValue: line), ClinicReference(rawValue: line))
            _ = (OrderArgument(argument: line), ItemArgument(argument: line), DayArgument(argument: line))
            if let origin = StorefrontKey.origin(line) { try hold(origin == line, "an origin is its text") }
            if let email = EmailAddress(rawValue: line) {
                try hold(EmailAddress(rawValue: email.normalised) != nil, "an address in small letters is an address")
            }
        }
        guard let line = try? OneLineText.checked(text, lengthMax: 200) else { return }
        try hold(try OneLineText.checked(line, lengthMax: 200) == line, "a line that was checked is as it was")
    }

    /// What a scanner at the bench sends, and what is typed from a label.
    static let scans = Parser("scans") { input in
        let scanned = ScannedCode(input.text)
        if scanned.lot != nil { try hold(GTIN(scanned.product) != nil, "only a code with a number has a lot") }
        let number = Carrier.tidy(input.text)
        try hold(Carrier.tidy(number) == number, "a tidy number is tidy")
        guard Carrier.isPlain(number) else { return }
        for carrier in Carrier.known { _ = Carrier(code: carrier).check(number) }
    }

    /// The secrets in paths, headers and settings.
    static let links = Parser("links") { input in
        let text = input.text
        if let token = LinkToken(text: text) {
            try hold(token.text == text, "a token has one text")
            try hold(keys.link(.order, token) == nil, "what nobody made opens nothing")
        }
        if let key = LinkKey(text: text) { try hold(key.fingerprint.count == 8, "a key has a fingerprint") }
        if let secret = StaffSecret(text: text) { try hold(secret.text == text, "a staff token is its text") }
        let sealed = try keys.seal(input.bytes, for: "fuzzing")
        try hold(try keys.open(sealed, for: "fuzzing") == input.bytes, "what is sealed is opened")
        let forged = SealedBytes(key: 0, bytes: input.bytes)
        try hold((try? keys.open(forged, for: "fuzzing")) == nil, "what nobody sealed is not opened")
    }

    private static let keys = LinkKeys(
        current: 0,
        keys: LinkKey(bytes: Array(repeating: 7, count: 32)).map { [0: $0] } ?? [:]
    )

    /// What a database sends, in its binary form.
    static let values = Parser("values") { input in
        let bytes = input.bytes[...]
        try read([Int64].self, bytes)
        try read([String].self, bytes)
        try read([Bool].self, bytes)
        try read([DateValue].self, bytes)
        try read([TimestampValue].self, bytes)
        try read(Int16.self, bytes)
        try read(JSONBValue.self, bytes)
        try read(UUIDValue.self, bytes)
    }

    private static func read<Value: PostgresValue & Equatable>(_ type: Value.Type, _ bytes: ArraySlice<UInt8>) throws {
        guard let value = try? Value(postgres: bytes, type: Value.postgresType) else { return }
        var written: [UInt8] = []
        value.encode(into: &written)
        try hold(try Value(postgres: written[...], type: Value.postgresType) == value, "\(type) is read as it is sent")
    }

    /// What names a database. Whatever surrounds a part of a password, that part is not repeated.
    static let connections = Parser("connections") { input in
        let canary = "Canary7F3"
        let text = input.text.replacing("\0", with: "")
        _ = try? ConnectionSettings(text)
        let (head, rest) = input.headed
        let tail = String(decoding: rest, as: UTF8.self)
        let url = "postgresql://shop:\(head)\(canary)\(tail)@127.0.0.1/store".replacing("\0", with: "")
        do {
            let settings = try ConnectionSettings(url)
            guard settings.parameters["password"]?.contains(canary) == true else { return }
            try hold(!settings.description.contains(canary), "a password is not shown")
        } catch let error as PostgresError {
            try hold(!"\(error)".contains(canary), "no part of a password is in an error")
        }
    }
}
