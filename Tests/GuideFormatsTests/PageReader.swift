/// A page read strictly: whatever a browser would have to mend is a fault.
struct PageReader {
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    struct Element {
        enum Part {
            case text(String)
            case element(Element)
        }

        let name: String
        let attributes: [String: String]
        var parts: [Part] = []

        /// The elements inside it, each before those inside itself.
        var all: [Element] {
            var all: [Element] = []
            for part in parts {
                guard case .element(let element) = part else { continue }
                all.append(element)
                all += element.all
            }
            return all
        }

        /// The elements of a name, and of a class if one is given, inside it.
        func all(_ name: String, _ style: String? = nil) -> [Element] {
            all.filter { element in
                guard element.name == name else { return false }
                guard let style else { return true }
                return element.classes.contains(style)
            }
        }

        var classes: Set<String> { Set(attributes["class", default: ""].split(separator: " ").map { String($0) }) }

        /// Its text without that of the elements inside it.
        var ownText: String {
            parts.reduce(into: "") { text, part in
                if case .text(let own) = part { text += own }
            }
        }

        /// Its text with that of the elements inside it.
        var text: String {
            parts.reduce(into: "") { text, part in
                switch part {
                case .text(let own): text += own
                case .element(let element): text += element.text
                }
            }
        }
    }

    /// What is read first and last: it holds the page's one `html`.
    let root: Element

    init(_ page: String) throws(Fault) {
        let start = "<!doctype html>\n"
        guard page.hasPrefix(start) else { throw Fault(description: "has no doctype") }
        var reader = Reader(rest: Array(page.utf8.dropFirst(start.utf8.count))[...])
        root = try reader.read()
        try checkIdentifiers()
    }

    /// Every id is there once, and everything that is pointed at is there.
    private func checkIdentifiers() throws(Fault) {
        var ids: Set<String> = []
        for id in root.all.compactMap({ $0.attributes["id"] }) {
            guard !id.isEmpty, ids.insert(id).inserted else { throw Fault(description: "the id \(id) is there twice") }
        }
        for element in root.all {
            var references: [String] = []
            if let label = element.attributes["aria-labelledby"] { references.append(label) }
            if let link = element.attributes["href"], link.hasPrefix("#") {
                references.append(String(link.dropFirst()))
            }
            for reference in references where !ids.contains(reference) {
                throw Fault(description: "nothing has the id \(reference)")
            }
        }
    }
}

private struct Reader {
    private static let void: Set<String> = ["meta", "link", "input", "br"]
    private static let raw: Set<String> = ["style", "script"]
    /// What holds words, and nothing that a browser would set apart.
    private static let phrases: Set<String> = [
        "p", "h1", "h2", "h3", "span", "b", "small", "i", "a", "label", "bdi", "em", "abbr", "title", "caption",
    ]
    private static let blocks: Set<String> = [
        "p", "h1", "h2", "h3", "div", "ul", "ol", "li", "section", "header", "footer", "main", "nav", "table",
        "details", "body",
    ]
    private static let parents: [String: Set<String>] = [
        "li": ["ul", "ol"], "tr": ["table", "thead", "tbody"], "td": ["tr"], "th": ["tr"], "summary": ["details"],
        "caption": ["table"], "html": [""], "head": ["html"], "body": ["html"],
    ]
    private static let entities: [String: Character] = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "#39": "'"]

    private var rest: ArraySlice<UInt8>
    private var open = [PageReader.Element(name: "", attributes: [:])]

    init(rest: ArraySlice<UInt8>) { self.rest = rest }

    mutating func read() throws(PageReader.Fault) -> PageReader.Element {
        while let first = rest.first {
            if first == UInt8(ascii: "<") {
                try tag()
            } else {
                let end = rest.firstIndex(of: UInt8(ascii: "<")) ?? rest.endIndex
                let words = try text(rest[..<end])
                add(.text(words))
                rest = rest[end...]
            }
        }
        guard open.count == 1 else { throw PageReader.Fault(description: "\(open.map(\.name)) are left open") }
        return open[0]
    }

    private mutating func add(_ part: PageReader.Element.Part) { open[open.count - 1].parts.append(part) }

    private mutating func tag() throws(PageReader.Fault) {
        // No value holds the mark itself: there it is escaped.
        guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { throw fault("a tag has no end") }
        var inside = rest[(rest.startIndex + 1)..<end]
        rest = rest[(end + 1)...]
        if inside.first == UInt8(ascii: "/") { return try close(string(inside.dropFirst())) }

        let isClosed = inside.last == UInt8(ascii: "/")
        if isClosed { inside.removeLast() }
        let name = string(inside.prefix(while: Self.isOfName))
        inside = inside.dropFirst(name.utf8.count)
        guard !name.isEmpty else { throw fault("a tag has no name") }
        let attributes = try attributes(inside, of: name)
        try checkPlace(of: name)

        let element = PageReader.Element(name: name, attributes: attributes)
        if isClosed {
            guard open.contains(where: { $0.name == "svg" }) else { throw fault("<\(name)/> closes nothing in HTML") }
            add(.element(element))
        } else if Self.void.contains(name) {
            add(.element(element))
        } else {
            open.append(element)
            if Self.raw.contains(name) {
                let end = rest.firstIndex(of: UInt8(ascii: "<")) ?? rest.endIndex
                add(.text(string(rest[..<end])))
                rest = rest[end...]
            }
        }
    }

    private mutating func close(_ name: String) throws(PageReader.Fault) {
        guard open.count > 1, let element = open.last, element.name == name else {
            throw fault("</\(name)> does not close <\(open.last?.name ?? "")>")
        }
        open.removeLast()
        add(.element(element))
    }

    private func checkPlace(of name: String) throws(PageReader.Fault) {
        let parent = open.last?.name ?? ""
        if Self.phrases.contains(parent), Self.blocks.contains(name) { throw fault("<\(name)> is in <\(parent)>") }
        if ["ul", "ol"].contains(parent), name != "li" { throw fault("<\(name)> is in <\(parent)>") }
        if let parents = Self.parents[name], !parents.contains(parent) { throw fault("<\(name)> is in <\(parent)>") }
    }

    private func attributes(
        _ bytes: ArraySlice<UInt8>,
        of element: String
    ) throws(PageReader.Fault) -> [String: String] {
        var attributes: [String: String] = [:]
        var rest = bytes
        while !rest.isEmpty {
            guard rest.first == UInt8(ascii: " ") else { throw fault("<\(element)>: no space before an attribute") }
            rest = rest.dropFirst()
            let name = string(rest.prefix(while: Self.isOfName))
            rest = rest.dropFirst(name.utf8.count)
            guard !name.isEmpty else { throw fault("<\(element)>: an attribute has no name") }
            var value = ""
            if rest.first == UInt8(ascii: "=") {
                let quote = UInt8(ascii: "\"")
                rest = rest.dropFirst()
                guard rest.first == quote, let end = rest.dropFirst().firstIndex(of: quote) else {
                    throw fault("<\(element)>: \(name) is not quoted")
                }
                value = try text(rest[(rest.startIndex + 1)..<end])
                rest = rest[(end + 1)...]
            }
            guard attributes.updateValue(value, forKey: name) == nil else {
                throw fault("<\(element)>: \(name) is there twice")
            }
        }
        return attributes
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// What escaped text stands for.
    private func text(_ bytes: ArraySlice<UInt8>) throws(PageReader.Fault) -> String {
        guard !bytes.contains(UInt8(ascii: ">")) else { throw fault("a > is not escaped") }
        let pieces = bytes.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
        var text = string(pieces[0])
        for piece in pieces.dropFirst() {
            guard let end = piece.firstIndex(of: UInt8(ascii: ";")),
                let character = Self.entities[string(piece[..<end])]
            else { throw fault("an & is not escaped") }
            // Scalar by scalar, as a browser reads it.
            text.unicodeScalars.append(contentsOf: character.unicodeScalars)
            text.unicodeScalars.append(contentsOf: string(piece[(end + 1)...]).unicodeScalars)
        }
        return text
    }

    private func string(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private func fault(_ problem: String) -> PageReader.Fault {
        PageReader.Fault(description: "\(problem), before \(string(rest.prefix(60)))")
    }
}
