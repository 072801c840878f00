import CQREncode

/// A QR code as a drawing.
public enum QRCode {
    /// An SVG of a text, with the quiet zone of four modules that scanners ask for; nil for a text that no code holds.
    public static func svg(_ text: String, label: String) -> String? {
        guard let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { return nil }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        var path = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                let start = column
                // The lowest bit of a module says whether it is dark.
                while column < width, code.pointee.data[row * width + column] & 1 == 1 { column += 1 }
                if column > start { path += "M\(start + 4) \(row + 4)h\(column - start)v1h-\(column - start)z" }
                column += 1
            }
        }
        let size = width + 8
        return """
            <svg class="qr" role="img" aria-label="\(ScalarEscaping().escapeText(label))" viewBox="0 0 \(size) \(size)" shape-rendering="crispEdges" \
            xmlns="http://www.w3.org/2000/svg"><rect width="\(size)" height="\(size)" fill="#fff"/>\
            <path d="\(path)" fill="#000"/></svg>
            """
    }
}
