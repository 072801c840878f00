import Commerce

/// What a scanner sends for one code: a product's code or barcode alone, or a GS1 code that says lot and expiry as well.
struct ScannedCode: Hashable {
    /// The product: a code of the shop's, or the digits of a barcode.
    let product: String
    /// Nil where the code says none.
    let lot: String?

    /// GS1's separator behind a value without a length of its own.
    private static let separator: Character = "\u{1D}"
    /// The values of a fixed length that come before or after a lot, by their identifiers: number, dates, variant.
    private static let lengths = [
        "00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2,
    ]

    init(_ text: String) {
        // What kind of code it was, as scanners may be told to say first: `]E0`, `]C1`, `]d2`.
        let isMarked = text.hasPrefix("]") && text.count > 3
        let plain = isMarked ? String(text.dropFirst(3)) : text
        let elements = plain.hasPrefix("(") ? Self.bracketed(plain) : Self.elements(plain)
        if let elements, let number = elements["01"] ?? elements["02"], GTIN(number) != nil {
            (product, lot) = (number, elements["10"])
        } else {
            (product, lot) = (plain, nil)
        }
    }

    /// `(01)09506000134352(17)141120(10)ABC123`, as the line below a code has it.
    private static func bracketed(_ text: String) -> [String: String]? {
        var elements: [String: String] = [:]
        for part in text.split(separator: "(") {
            let pair = part.split(separator: ")", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, !pair[1].isEmpty else { return nil }
            elements[String(pair[0])] = String(pair[1])
        }
        return elements
    }

    /// `01095060001343521714112010ABC123`, as the code itself has it.
    private static func elements(_ text: String) -> [String: String]? {
        guard text.count >= 16, text.hasPrefix("01") || text.hasPrefix("02") else { return nil }
        var elements: [String: String] = [:]
        var rest = text[...]
        while !rest.isEmpty {
            if rest.first == separator {
                rest = rest.dropFirst()
                continue
            }
            let identifier = String(rest.prefix(2))
            rest = rest.dropFirst(2)
            let value = lengths[identifier].map { rest.prefix($0) } ?? rest.prefix { $0 != separator }
            guard !value.isEmpty, lengths[identifier].map({ value.count == $0 }) ?? true else { return nil }
            // Identifiers of three and four digits are not told apart here: what follows them is not read.
            guard lengths[identifier] != nil || ["10", "21", "22"].contains(identifier) else { return elements }
            elements[identifier] = String(value)
            rest = rest.dropFirst(value.count)
        }
        return elements
    }
}
