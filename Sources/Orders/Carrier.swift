/// Who carries a parcel. Carriers whose tracking numbers have a check digit refuse a mistyped one.
package struct Carrier: Sendable, Hashable {
    /// The carriers whose numbers and pages the shop knows; any other is taken as it is.
    package static let known = ["royal-mail", "ups", "fedex", "dpd", "dhl", "evri", "other"]

    /// Lower-case letters and dashes: `royal-mail`.
    package let code: String

    package init(code: String) { self.code = code }

    /// A tracking number as the carrier writes it: capital letters, no spaces.
    package static func tidy(_ number: String) -> String { number.uppercased().filter { !$0.isWhitespace } }

    /// Why a tidy tracking number can't be this carrier's; nil where it may be.
    package func fault(in number: String) -> String? {
        let isPlain = number.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
                || $0 == UInt8(ascii: "-")
        }
        guard (4...40).contains(number.utf8.count), isPlain else {
            return "A tracking number has 4 to 40 letters and digits."
        }
        let isRight =
            switch code {
            case "royal-mail": Self.isPostal(number)
            case "ups": Self.isUPS(number)
            case "fedex": Self.isFedEx(number)
            default: true
            }
        return isRight ? nil : "This is not a tracking number of \(code): its check digit is wrong, or its length."
    }

    /// Where a parcel can be followed; nil where the shop does not know.
    package func page(for number: String) -> String? {
        switch code {
        case "royal-mail": "https://www.royalmail.com/track-your-item#/tracking-results/\(number)"
        case "ups": "https://www.ups.com/track?tracknum=\(number)"
        case "fedex": "https://www.fedex.com/fedextrack/?trknbr=\(number)"
        case "dpd": "https://track.dpd.co.uk/search?reference=\(number)"
        case "dhl": "https://www.dhl.com/en/express/tracking.html?AWB=\(number)"
        case "evri": "https://www.evri.com/track/parcel/\(number)"
        default: nil
        }
    }

    /// The Universal Postal Union's S10: two letters, eight digits, a check digit, two letters.
    private static func isPostal(_ number: String) -> Bool {
        let characters = Array(number)
        guard characters.count == 13, (characters[..<2] + characters[11...]).allSatisfy(\.isLetter) else {
            return false
        }
        let digits = characters[2..<11].compactMap(\.wholeNumberValue)
        guard digits.count == 9 else { return false }
        let sum = zip(digits, [8, 6, 4, 2, 3, 5, 9, 7]).reduce(0) { $0 + $1.0 * $1.1 }
        let check = 11 - sum % 11
        return digits[8] == (check == 10 ? 0 : check == 11 ? 5 : check)
    }

    /// `1Z`, fifteen characters and a check digit: letters count as digits, every second one twice.
    private static func isUPS(_ number: String) -> Bool {
        guard number.count == 18, number.hasPrefix("1Z") else { return false }
        let values = number.dropFirst(2).utf8.map { byte in
            byte < UInt8(ascii: "A") ? Int(byte) - 48 : (Int(byte) - 63) % 10
        }
        let sum = values.dropLast().enumerated().reduce(0) { $0 + $1.element * ($1.offset % 2 == 0 ? 1 : 2) }
        return (10 - sum % 10) % 10 == values.last
    }

    /// Twelve digits, the last of which checks the others with the weights 3, 1, 7 from the left.
    private static func isFedEx(_ number: String) -> Bool {
        let digits = number.compactMap(\.wholeNumberValue)
        guard number.count == 12, digits.count == 12 else { return false }
        let sum = digits.dropLast().enumerated().reduce(0) { $0 + $1.element * [3, 1, 7][$1.offset % 3] }
        return sum % 11 % 10 == digits[11]
    }
}
