import Encodings

/// Header fields as lines, ended by CR LF and folded between words.
enum HeaderField {
    /// What a line may have where it has encoded words (RFC 2047, section 2); two fewer than others are asked to have.
    private static let octetsMax = 76
    /// Words longer than this are encoded, so that they can be folded.
    private static let wordMax = 60

    /// A field of words that stand as they are.
    static func line(_ name: String, _ words: [String]) -> String {
        var line = "\(name):"
        var width = line.utf8.count
        for (index, word) in words.enumerated() {
            if index > 0, width + 1 + word.utf8.count > octetsMax {
                line += "\r\n"
                width = 0
            }
            line += " \(word)"
            width += 1 + word.utf8.count
        }
        return line + "\r\n"
    }

    /// A field of text in any script.
    static func text(_ name: String, _ text: String) -> String {
        line(name, plainWords(text) ?? encodedWords(text, after: name))
    }

    /// A name, where there is one, and an address.
    static func mailbox(_ field: String, _ mailbox: MailMessage.Mailbox) -> String {
        let name = mailbox.name
        if name.isEmpty { return line(field, [mailbox.address.text]) }
        return line(field, (phrase(name) ?? encodedWords(name, after: field)) + ["<\(mailbox.address.text)>"])
    }

    /// What makes a part a file of that name, which may be in any script (RFC 2183, RFC 2231).
    static func attachment(_ name: String) -> String {
        let isPlain = plainWords(name) != nil && name.utf8.count <= wordMax && !name.contains { "\"\\".contains($0) }
        if isPlain { return line("Content-Disposition", ["attachment;", "filename=\"\(name)\""]) }
        var sections = [""]
        for scalar in name.unicodeScalars {
            let encoded = String(scalar).percentEncoded
            if sections[sections.count - 1].utf8.count + encoded.utf8.count > wordMax - 15 { sections.append("") }
            sections[sections.count - 1] += encoded
        }
        let parameters = sections.enumerated().map { index, section in
            "filename*\(index)*=\(index == 0 ? "utf-8''" : "")\(section)\(index == sections.count - 1 ? "" : ";")"
        }
        return line("Content-Disposition", ["attachment;"] + parameters)
    }

    /// The words of an ASCII text that are the same again when it is unfolded; nil where they are not.
    private static func plainWords(_ text: String) -> [String]? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let arePlain = words.allSatisfy { word in
            (1...wordMax).contains(word.utf8.count) && word.utf8.allSatisfy { (33...126).contains($0) }
        }
        return arePlain && !text.contains("=?") ? words : nil
    }

    /// A name in ASCII as a mail header has it: its words, or one quoted string (RFC 5322, section 3.2.4).
    private static func phrase(_ name: String) -> [String]? {
        guard let words = plainWords(name) else { return nil }
        if name.wholeMatch(of: /[A-Za-z0-9 !#$%&'*+\-\/=?^_`{|}~]+/) != nil { return words }
        guard name.utf8.count <= wordMax else { return nil }
        return ["\"\(name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""]
    }

    /// A text as encoded words (RFC 2047), none of which cuts a character in two.
    /// - Parameter field: the name of the field, which leaves less space to the first of them.
    private static func encodedWords(_ text: String, after field: String) -> [String] {
        let (opening, closing) = ("=?utf-8?B?", "?=")
        /// How many octets an encoded word may hold after so many of its line.
        func space(after column: Int) -> Int {
            (octetsMax - column - 1 - opening.utf8.count - closing.utf8.count) / 4 * 3
        }
        var words: [[UInt8]] = []
        for scalar in text.unicodeScalars {
            let octets = Array(String(scalar).utf8)
            let isFirst = words.count == 1
            if let word = words.last, word.count + octets.count <= space(after: isFirst ? field.utf8.count + 1 : 0) {
                words[words.count - 1] += octets
            } else {
                words.append(octets)
            }
        }
        return words.map { opening + TransferEncoding.base64($0) + closing }
    }
}
