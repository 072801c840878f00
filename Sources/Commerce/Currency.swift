/// A currency by its ISO 4217 code.
public struct Currency: RawRepresentable, Hashable, Sendable {
    /// Three capital letters.
    public let rawValue: String

    /// A currency from its code; nil for a code that ISO 4217 does not list as money in use.
    public init?(rawValue: String) {
        guard Self.minorUnitDigits[rawValue] != nil else { return nil }
        self.rawValue = rawValue
    }

    /// How many decimal digits the minor unit has: 2 for GBP, 0 for JPY, 3 for KWD.
    public var minorUnitDigits: Int { Self.minorUnitDigits[rawValue] ?? 2 }

    /// ISO 4217 list one, the currencies in use, by the digits of their minor unit.
    private static let minorUnitDigits: [String: Int] = {
        let codes = [
            0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
            2: """
            AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP \
            CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS \
            INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN \
            MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE \
            SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR \
            ZMW ZWG
            """,
            3: "BHD IQD JOD KWD LYD OMR TND",
        ]
        var digits: [String: Int] = [:]
        for (count, list) in codes {
            for code in list.split(separator: " ") { digits[String(code)] = count }
        }
        return digits
    }()
}
