import HTTPTypes
import Hummingbird

/// How a page of the storefront asked the API: each request with its answer, as they were.
enum HowPage {
    private static let template = ShopPage.template("how")
    private static let parameter = "how=yes"

    /// Whether a request asks for this page instead of the page itself.
    static func isAsked(_ request: Request) -> Bool {
        (request.uri.query ?? "").split(separator: "&").contains { $0 == parameter }
    }

    /// Where it is told how a page came about.
    static func address(of request: Request) -> String {
        if request.method == .post { return "\(ShopPath.page(of: request))?\(parameter)" }
        let query = (request.uri.query ?? "").split(separator: "&").filter { $0 != parameter }
        return "\(request.uri.path)?\((query + [Substring(parameter)]).joined(separator: "&"))"
    }

    static func page(_ exchanges: [APIConversation.Exchange], _ words: ShopWords, of request: Request) -> ShopPage {
        let query = (request.uri.query ?? "").split(separator: "&").filter { $0 != parameter }
        return ShopPage(
            template: template,
            title: words.text(.how),
            values: [
                "back": request.uri.path + (query.isEmpty ? "" : "?\(query.joined(separator: "&"))"),
                "exchanges": exchanges.enumerated().map { index, exchange in
                    [
                        "number": "\(index + 1)", "method": exchange.method.rawValue, "path": exchange.path,
                        "request": text(exchange), "answer": answer(exchange),
                    ]
                },
            ]
        )
    }

    private static func text(_ exchange: APIConversation.Exchange) -> String {
        var lines = ["\(exchange.method.rawValue) \(exchange.path)"]
        lines += exchange.headers.map { "\($0.name): \($0.value)" }
        return exchange.body.isEmpty
            ? lines.joined(separator: "\n") : lines.joined(separator: "\n") + "\n\n" + laidOut(exchange.body)
    }

    private static func answer(_ exchange: APIConversation.Exchange) -> String {
        "\(exchange.status.code)\n\n\(exchange.isJSON ? laidOut(exchange.answer) : String(decoding: exchange.answer, as: UTF8.self))"
    }

    /// JSON set out in lines, as it is read by people.
    static func laidOut(_ json: [UInt8]) -> String {
        var text: [UInt8] = []
        var depth = 0
        var isInText = false
        var isEscaped = false
        func newLine() { text += [UInt8(ascii: "\n")] + Array(repeating: UInt8(ascii: " "), count: depth * 2) }
        for (index, byte) in json.enumerated() {
            if isInText {
                text.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte
                    == UInt8(ascii: "\"")
                {
                    isInText = false
                }
                continue
            }
            let next = json.indices.contains(index + 1) ? json[index + 1] : 0
            switch byte {
            case UInt8(ascii: "\""):
                isInText = true
                text.append(byte)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                text.append(byte)
                depth += 1
                if next != UInt8(ascii: "}"), next != UInt8(ascii: "]") { newLine() }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if let last = text.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") { newLine() }
                text.append(byte)
            case UInt8(ascii: ","):
                text.append(byte)
                newLine()
            case UInt8(ascii: ":"): text += [byte, UInt8(ascii: " ")]
            default: text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
