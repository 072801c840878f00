/// What another system knows something by, such as an artist's booking system an appointment: 1 to 100 letters, digits and
/// `. _ ~ : -`. Neither an address nor a name fits into it: it is never to say who somebody is.
public struct ClinicReference: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    /// Nil for a text that is none.
    public init?(rawValue: String) {
        let isReference =
            (1...100).contains(rawValue.utf8.count)
            && rawValue.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
                    UInt8(ascii: ":"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        guard isReference else { return nil }
        self.rawValue = rawValue
    }
}
