/// Who carries a parcel.
package struct Carrier: Sendable, Hashable {
    /// The carriers whose numbers and pages the shop knows; any other is taken as it is.
    package static let known = ["royal-mail", "ups", "fedex", "dpd", "dhl", "evri", "usps", "other"]

    /// Lower-case letters and dashes: `royal-mail`.
    package let code: String

    package init(code: String) { self.code = code }

    /// As people write it.
    package var name: String {
        switch code {
        case "royal-mail": "Royal Mail"
        case "fedex": "FedEx"
        case "evri": "Evri"
        case "ups", "dpd", "dhl", "usps": code.uppercased()
        default: code
        }
    }

    /// A tracking number as the carrier writes it: capital letters, no spaces.
    package static func tidy(_ number: String) -> String { number.uppercased().filter { !$0.isWhitespace } }

    /// What a tracking number may be.
    package enum NumberCheck: Sendable {
        /// It has a form of the carrier's, and its check digit is right where it has one.
        case right
        /// It has none of the forms that the shop knows: the carrier may have others.
        case unknown
        /// It has a form of the carrier's, but its check digit is wrong: a digit was mistyped.
        case wrong
    }

    /// Whether it can be a number at all: 4 to 40 digits, capital letters and dashes.
    package static func isPlain(_ number: String) -> Bool {
        (4...40).contains(number.utf8.count)
            && number.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || $0 == UInt8(ascii: "-")
            }
    }

    /// Whether a tidy number is one of this carrier's.
    package func check(_ number: String) -> NumberCheck {
        guard let formats = TrackingFormat.byCarrier[code] else { return .right }
        let bytes = Array(number.utf8)
        let answers = formats.compactMap { $0.isRight(bytes) }
        return answers.contains(true) ? .right : answers.isEmpty ? .unknown : .wrong
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
        case "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels=\(number)"
        default: nil
        }
    }
}
