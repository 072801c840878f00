extension String {
    /// The text as a part of a path, of a query or of a form. Everything but letters, digits, `-`, `_` and `~` is
    /// encoded; the dot too, so that no part of a path is a step upwards.
    package var percentEncoded: String {
        var text = ""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += (digits.count == 1 ? "%0" : "%") + digits
            }
        }
        return text
    }
}
