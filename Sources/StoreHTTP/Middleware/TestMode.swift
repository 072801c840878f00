import HTTPTypes
import Hummingbird
import NIOCore

/// How a store for trying things out is told from a real one: in words that nobody overlooks, on all that it shows, prints
/// and mails.
enum TestMark {
    static var sentence: String { PageWords.all.first?.text(.testStore) ?? "" }

    /// A page with the mark on its top.
    /// - Parameter isPrinted: whether it becomes sheets of paper, each of which is to have it.
    static func page(_ html: String, isPrinted: Bool = false) -> String {
        guard let body = html.firstRange(of: "<body"), let end = html[body.upperBound...].firstIndex(of: ">") else {
            return html
        }
        let start = html.index(after: end)
        // A browser shows it without any style of ours.
        let style = isPrinted ? " style=\"position:fixed;top:0;left:0;margin:0;font-size:8pt\"" : ""
        let mark = "<p role=\"note\"\(style)><strong><mark>\(sentence)</mark></strong></p>"
        return String(html[..<start]) + mark + html[start...]
    }

    /// A text with the mark before it.
    static func text(_ text: String) -> String { "\(sentence)\n\n\(text)" }

    /// The subject of a mail.
    static func subject(_ subject: String) -> String { "[Test] \(subject)" }
}

extension HTTPField.Name {
    static let aftercareMode = HTTPField.Name.of("Aftercare-Mode")
}

/// Marks each page that a store for trying things out shows.
struct TestPageMiddleware: RouterMiddleware {
    typealias Context = StoreContext

    func handle(
        _ request: Request,
        context: StoreContext,
        next: @concurrent (Request, StoreContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard response.headers[.contentType]?.hasPrefix("text/html") == true else { return response }
        if request.method == .head {
            response.headers[.contentLength] = nil
            return response
        }
        let collector = AnswerCollector()
        try await response.body.write(collector)
        let marked = TestMark.page(String(decoding: collector.bytes, as: UTF8.self))
        response.body = ResponseBody(byteBuffer: ByteBuffer(string: marked))
        response.headers[.contentLength] = "\(marked.utf8.count)"
        return response
    }
}
