import Foundation

/// A message as `MailMessage` writes it, read back to be looked at. Other people's messages may have more than this
/// understands.
package struct StoredMail: Sendable {
    /// A file that goes with the message.
    package struct File: Sendable {
        package let name: String
        /// Its media type.
        package let type: String
        package let bytes: [UInt8]
    }

    package let from: String
    package let to: String
    package let subject: String
    /// As the message has it.
    package let date: String
    package let plain: String
    package let html: String
    /// The calendar and the attachments.
    package let files: [File]

    /// Nil where it is no message with a header.
    package init?(_ bytes: [UInt8]) {
        guard let message = Part(bytes[...]) else { return nil }
        var texts: [String: String] = [:]
        var files: [File] = []
        for part in message.leaves {
            if let name = part.fileName {
                files.append(File(name: name, type: part.type, bytes: part.content))
            } else {
                texts[part.type] = String(decoding: part.content, as: UTF8.self)
            }
        }
        from = Self.decoded(message.fields["from"] ?? "")
        to = Self.decoded(message.fields["to"] ?? "")
        subject = Self.decoded(message.fields["subject"] ?? "")
        date = message.fields["date"] ?? ""
        plain = texts["text/plain"] ?? ""
        html = texts["text/html"] ?? ""
        self.files = files
    }

    /// A header with its encoded words (RFC 2047) as text; what stands between two of them is no part of it.
    static func decoded(_ field: String) -> String {
        let pattern = /=\?utf-8\?B\?([A-Za-z0-9+\/=]*)\?=(?: +(?==\?utf-8\?B\?))?/
        return field.replacing(pattern) { match in
            Data(base64Encoded: String(match.1)).map { String(decoding: $0, as: UTF8.self) } ?? String(match.0)
        }
    }
}

/// A part of a message: its fields and its body.
private struct Part {
    /// By their names in small letters, unfolded.
    let fields: [String: String]
    let body: ArraySlice<UInt8>

    /// Nil where no empty line ends the fields.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let header = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).replacing("\r\n ", with: " ")
        var fields: [String: String] = [:]
        for line in header.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        self.fields = fields
        body = bytes[end.upperBound...]
    }

    private var contentType: String { fields["content-type"] ?? "text/plain" }
    var type: String { String(contentType.prefix { $0 != ";" }) }

    /// The parts that hold no others.
    var leaves: [Part] {
        guard type.hasPrefix("multipart/"), let boundary = contentType.firstMatch(of: /boundary="([^"]+)"/)?.1 else {
            return [self]
        }
        let line = Array("\r\n--\(boundary)".utf8)
        var leaves: [Part] = []
        // The line break before the first boundary may be the one that ends the fields.
        var rest = (Array("\r\n".utf8) + body)[...]
        while let start = rest.firstRange(of: line) {
            let after = rest[start.upperBound...]
            // What follows the last boundary is no part: it has two more hyphens.
            guard after.starts(with: Array("\r\n".utf8)), let end = after.firstRange(of: line) else { break }
            leaves += Part(after[after.startIndex..<end.lowerBound].dropFirst(2))?.leaves ?? []
            rest = after[end.lowerBound...]
        }
        return leaves
    }

    /// The name of the file that it is; nil where it is none.
    var fileName: String? {
        guard let disposition = fields["content-disposition"] else { return nil }
        if let plain = disposition.firstMatch(of: /filename="([^"]+)"/) { return String(plain.1) }
        let sections = disposition.matches(of: /filename\*[0-9]+\*=(?:utf-8'')?([^; ]+)/).map { String($0.1) }
        return sections.joined().removingPercentEncoding
    }

    /// Its body as it was before it was encoded.
    var content: [UInt8] {
        switch fields["content-transfer-encoding"] {
        case "base64":
            let digits = String(decoding: body.filter { $0 > 32 }, as: UTF8.self)
            return Data(base64Encoded: digits).map { Array($0) } ?? []
        case "quoted-printable": return Self.unquoted(body)
        default: return Array(body)
        }
    }

    private static func unquoted(_ octets: ArraySlice<UInt8>) -> [UInt8] {
        var content: [UInt8] = []
        var index = octets.startIndex
        while index < octets.endIndex {
            defer { index += 1 }
            guard octets[index] == UInt8(ascii: "="), index + 2 < octets.endIndex else {
                content.append(octets[index])
                continue
            }
            let code = String(decoding: octets[(index + 1)...(index + 2)], as: UTF8.self)
            // A = at the end of a line says that the line goes on.
            if code != "\r\n" { content.append(UInt8(code, radix: 16) ?? UInt8(ascii: "?")) }
            index += 2
        }
        return content
    }
}
