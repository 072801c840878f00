import Encodings
import FoundationEssentials

/// Content as lines of ASCII, of at most 76 octets and ended by CR LF (RFC 2045, sections 6.7 and 6.8).
enum TransferEncoding {
    private static let octetsMax = 76

    static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes)
            .base64EncodedString(
                options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed]
            )
    }

    /// Text whose lines end with LF, CR LF or CR alike. No line begins with a dot, which mail servers double and take
    /// away again.
    static func quotedPrintable(_ text: String) -> [UInt8] {
        let (lineFeed, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        let octets = Array(text.utf8)
        var encoded: [UInt8] = []
        var width = 0
        for (index, octet) in octets.enumerated() {
            if octet == lineFeed || octet == carriageReturn {
                // The LF of a CR LF has been told already.
                if octet == lineFeed, index > 0, octets[index - 1] == carriageReturn { continue }
                encoded += [carriageReturn, lineFeed]
                width = 0
                continue
            }
            let next = index + 1 < octets.count ? octets[index + 1] : lineFeed
            let isSpace = octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t")
            let isPlain =
                isSpace
                ? next != lineFeed && next != carriageReturn
                : (33...126).contains(octet) && octet != UInt8(ascii: "=")
            // One is left for the = that says that the line goes on.
            if width + (isPlain ? 1 : 3) >= octetsMax {
                encoded += [UInt8(ascii: "="), carriageReturn, lineFeed]
                width = 0
            }
            if isPlain, width > 0 || octet != UInt8(ascii: ".") {
                encoded.append(octet)
                width += 1
            } else {
                encoded += "=\([octet].hexadecimal.uppercased())".utf8
                width += 3
            }
        }
        return encoded
    }
}
