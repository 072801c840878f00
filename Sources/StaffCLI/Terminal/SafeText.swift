/// Text from elsewhere, made harmless for a terminal: no character moves the cursor, changes colours or turns the
/// direction of what follows. Each is shown as a sign instead.
enum SafeText {
    /// A text on one line.
    static func line(_ text: String) -> String { shown(text) { isControl($0) } }

    /// A text of several lines.
    static func lines(_ text: String) -> String {
        shown(text) { isControl($0) && $0 != "\n" && $0 != "\t" }
    }

    /// Whether a terminal would act on the character instead of showing it.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F: true
        // Line and paragraph separators, and what overrides, embeds or isolates a direction.
        case 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func shown(_ text: String, _ hides: (Unicode.Scalar) -> Bool) -> String {
        guard text.unicodeScalars.contains(where: hides) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if hides(scalar) {
                result.append(contentsOf: sign(for: scalar).unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    private static func sign(for scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x00...0x1F: Unicode.Scalar(0x2400 + scalar.value).map { String($0) } ?? "?"
        case 0x7F: "\u{2421}"
        default: "<U+\(hexadecimal(scalar.value))>"
        }
    }

    /// A number in hexadecimal, with at least four digits.
    static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
