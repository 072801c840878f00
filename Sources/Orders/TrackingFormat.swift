/// One of the forms in which a carrier writes its tracking numbers, as the carrier publishes it.
struct TrackingFormat: Sendable {
    /// Whether a tidy number's check digit is right; nil where the number has another form. A form without a check digit
    /// is always right.
    let isRight: @Sendable (_ number: [UInt8]) -> Bool?

    /// A form of digits and capital letters.
    /// - Parameter isRight: of a number that has the form.
    init(_ has: @escaping @Sendable ([UInt8]) -> Bool, isRight: @escaping @Sendable ([UInt8]) -> Bool = { _ in true }) {
        self.isRight = { has($0) ? isRight($0) : nil }
    }

    /// The forms of each carrier whose numbers the shop knows.
    static let byCarrier: [String: [TrackingFormat]] = [
        "royal-mail": [.postal, .royalMail2D],
        "ups": [.ups, .upsMailInnovations, .parcelBarcode(digits: 22, startingWith: "92")],
        "fedex": [
            .fedExExpress, .parcelBarcode(digits: 15), .parcelBarcode(digits: 18, startingWith: "0"),
            .parcelBarcode(digits: 20, startingWith: "61", checkedWith: "92"),
            .parcelBarcode(digits: 22, startingWith: "92"), .fedExGround96, .fedExBarcode,
        ],
        "dpd": [.dpdNumber, .dpdChecked(characters: 15), .dpdChecked(characters: 28)],
        "dhl": [
            .dhlExpress, .dhlPiece, .dhlECommerce, .postal, .parcelBarcode(digits: 20, startingWith: "00"),
        ],
        "evri": [.evri],
        "usps": [
            .postal, .parcelBarcode(digits: 20), .parcelBarcode(digits: 20, checkedWith: "91"),
            .parcelBarcode(digits: 22, startingWith: "9"), .parcelBarcode(digits: 26, startingWith: "9"),
            .uspsRouted(routing: 8), .uspsRouted(routing: 12),
        ],
    ]

    // MARK: - Forms that several carriers share

    /// The Universal Postal Union's S10: two letters, eight digits, a check digit, two letters.
    private static let postal = TrackingFormat {
        $0.count == 13 && $0.prefix(2).areLetters && $0.dropFirst(2).prefix(9).areDigits && $0.suffix(2).areLetters
    } isRight: { number in
        let digits = number[2..<11].map(\.digit)
        let check = 11 - zip(digits, [8, 6, 4, 2, 3, 5, 9, 7]).reduce(0) { $0 + $1.0 * $1.1 } % 11
        return digits[8] == (check == 10 ? 0 : check == 11 ? 5 : check)
    }

    /// Digits of which the last is GS1's check digit: every other one counts three times, and the sum is a multiple of ten.
    /// - Parameters:
    ///   - start: with what they begin.
    ///   - omitted: what the check digit is made with, but the label leaves out.
    private static func parcelBarcode(
        digits count: Int,
        startingWith start: String = "",
        checkedWith omitted: String = ""
    ) -> TrackingFormat {
        TrackingFormat {
            $0.count == count && $0.areDigits && $0.starts(with: start.utf8)
        } isRight: {
            (Array(omitted.utf8) + $0).hasGS1CheckDigit
        }
    }

    // MARK: - Forms of one carrier

    /// Royal Mail's two-dimensional barcode: 21 digits and letters, without a check digit.
    private static let royalMail2D = TrackingFormat { $0.count == 21 && $0.areDigitsOrLetters }

    /// `1Z`, fifteen characters and a check digit: letters count as digits, every second one twice.
    private static let ups = TrackingFormat {
        $0.count == 18 && $0.starts(with: "1Z".utf8) && $0.areDigitsOrLetters
    } isRight: { number in
        let values = number.dropFirst(2).map { $0 < UInt8(ascii: "A") ? $0.digit : (Int($0) - 63) % 10 }
        let sum = values.dropLast().enumerated().reduce(0) { $0 + $1.element * ($1.offset % 2 == 0 ? 1 : 2) }
        return (10 - sum % 10) % 10 == values.last
    }

    /// `MI`, the shipper's six digits and the parcel's name at the shipper, without a check digit.
    private static let upsMailInnovations = TrackingFormat {
        (9...30).contains($0.count) && $0.starts(with: "MI".utf8) && $0.dropFirst(2).prefix(6).areDigits
            && $0.areDigitsOrLetters
    }

    /// Twelve digits.
    private static let fedExExpress = TrackingFormat({ $0.count == 12 && $0.areDigits }, isRight: \.hasFedExCheckDigit)

    /// `96`, five digits, and the fifteen of a parcel by road.
    private static let fedExGround96 = TrackingFormat {
        $0.count == 22 && $0.areDigits && $0.starts(with: "96".utf8)
    } isRight: {
        Array($0.suffix(15)).hasGS1CheckDigit
    }

    /// The label's whole barcode, whose last fourteen digits are the number.
    private static let fedExBarcode = TrackingFormat {
        $0.count == 34 && $0.areDigits && ($0.starts(with: "100".utf8) || $0.starts(with: "96".utf8))
    } isRight: {
        Array($0.suffix(14)).hasFedExCheckDigit
    }

    /// Fourteen digits: the depot's four and the parcel's ten.
    private static let dpdNumber = TrackingFormat { $0.count == 14 && $0.areDigits }

    /// Digits and a check character of ISO 7064, MOD 37,36: a parcel's number, or the label's whole barcode.
    private static func dpdChecked(characters count: Int) -> TrackingFormat {
        TrackingFormat {
            $0.count == count && $0.dropLast().areDigits && $0.areDigitsOrLetters
        } isRight: { number in
            var remainder = 36
            for byte in number.dropLast() {
                let sum = (remainder + byte.digit) % 36
                remainder = (sum == 0 ? 36 : sum) * 2 % 37
            }
            let last = number[count - 1]
            let check = last < UInt8(ascii: "A") ? last.digit : Int(last) - 55
            return (remainder + check) % 36 == 1
        }
    }

    /// Nine or ten digits, and what is left of them over sevens.
    private static let dhlExpress = TrackingFormat {
        (10...11).contains($0.count) && $0.areDigits
    } isRight: { number in
        number.dropLast().reduce(0) { ($0 * 10 + $1.digit) % 7 } == number[number.count - 1].digit
    }

    /// A parcel of several: `JD`, `JJD` or `JVGL`, and digits without a check digit.
    private static let dhlPiece = TrackingFormat { number in
        ["JD", "JJD", "JVGL"].contains {
            number.starts(with: $0.utf8) && (9...20).contains(number.count - $0.utf8.count)
                && number.dropFirst($0.utf8.count).areDigits
        }
    }

    /// `GM` and digits without a check digit.
    private static let dhlECommerce = TrackingFormat {
        (12...40).contains($0.count) && $0.starts(with: "GM".utf8) && $0.dropFirst(2).areDigits
    }

    /// Sixteen digits and letters without a check digit.
    private static let evri = TrackingFormat { $0.count == 16 && $0.areDigitsOrLetters }

    /// `420`, the addressee's postal code, and the 22 digits of a parcel.
    private static func uspsRouted(routing: Int) -> TrackingFormat {
        TrackingFormat {
            $0.count == routing + 22 && $0.areDigits && $0.starts(with: "420".utf8)
                && $0[routing] == UInt8(ascii: "9")
        } isRight: {
            Array($0.suffix(22)).hasGS1CheckDigit
        }
    }
}

extension UInt8 {
    fileprivate var digit: Int { Int(self) - 48 }
}

extension Collection<UInt8> {
    fileprivate var areDigits: Bool { allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) }
    fileprivate var areLetters: Bool { allSatisfy((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains) }
    fileprivate var areDigitsOrLetters: Bool {
        allSatisfy { CollectionOfOne($0).areDigits || CollectionOfOne($0).areLetters }
    }
}

extension [UInt8] {
    fileprivate var hasGS1CheckDigit: Bool {
        reversed().enumerated().reduce(0) { $0 + $1.element.digit * ($1.offset % 2 == 0 ? 1 : 3) } % 10 == 0
    }

    /// FedEx's: from the right the digits before it count 1, 3 and 7 times.
    fileprivate var hasFedExCheckDigit: Bool {
        let sum = dropLast().reversed().enumerated().reduce(0) { $0 + $1.element.digit * [1, 3, 7][$1.offset % 3] }
        return sum % 11 % 10 == last?.digit
    }
}
