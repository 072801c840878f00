/// What a file has to be that is read as text: bytes of another encoding would be taken for other letters, and a price
/// list or a password would be another.
enum FileText {
    /// The mark that some editors put before a text.
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// A file's text without that mark.
    /// - Parameter name: how the file is called in the error.
    /// - Throws: where it is not UTF-8, with the place of the first byte that is not.
    static func checked(_ bytes: [UInt8], _ name: String) throws(StaffError) -> [UInt8] {
        let text = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
        guard let (line, column) = fault(in: text) else { return text }
        throw refusal(name, line: line, column: column)
    }

    /// A line that was decoded already, without that mark: what was no text is a replacement character there.
    static func checked(line: String, _ name: String) throws(StaffError) -> String {
        var scalars = line.unicodeScalars
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        guard let place = scalars.firstIndex(of: "\u{FFFD}") else { return String(scalars) }
        throw refusal(name, line: 1, column: scalars.distance(from: scalars.startIndex, to: place) + 1)
    }

    private static func refusal(_ name: String, line: Int, column: Int) -> StaffError {
        StaffError(.localFile, "\(name) is not UTF-8, from line \(line), column \(column) on: save it as UTF-8.")
    }

    /// Where bytes stop being UTF-8, both from 1; columns are characters.
    private static func fault(in bytes: [UInt8]) -> (line: Int, column: Int)? {
        var (line, column) = (1, 1)
        var (decoder, rest) = (UTF8(), bytes.makeIterator())
        while true {
            switch decoder.decode(&rest) {
            case .scalarValue("\n"): (line, column) = (line + 1, 1)
            case .scalarValue: column += 1
            case .emptyInput: return nil
            case .error: return (line, column)
            }
        }
    }
}
