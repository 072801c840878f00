/// What a shop prints on: documents on whole sheets, and what lies in the box on sheets of half that size.
public enum Paper: String, Sendable, CaseIterable {
    /// A4, and A5.
    case a4
    /// US Letter, and half of it.
    case letter

    /// The page of a whole sheet, as a style.
    public var whole: String {
        switch self {
        case .a4: "@page{size:A4}"
        case .letter: "@page{size:letter}"
        }
    }

    /// The page of half a sheet, as a style. The margins leave both papers about the same room.
    public var half: String {
        switch self {
        case .a4: "@page{size:A5;margin:9mm 10mm}"
        case .letter: "@page{size:5.5in 8.5in;margin:9mm 8mm}"
        }
    }
}
