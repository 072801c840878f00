/// Whether the command line's arguments are text: bytes of another encoding would be taken for other letters, and a
/// customer's name would be wrong on every parcel.
package enum ArgumentText {
    /// What is wrong with the first argument that is not UTF-8, as a sentence; nil where all are.
    package static func fault(in arguments: [[UInt8]]) -> String? {
        for (index, bytes) in arguments.enumerated() where String(validating: bytes, as: UTF8.self) == nil {
            let text = String(decoding: bytes, as: UTF8.self)
            let before = text.unicodeScalars.prefix { $0 != "\u{FFFD}" }.count
            return "Argument \(index) is not UTF-8, from its character \(before + 1) on: set the terminal to UTF-8."
        }
        return nil
    }
}
