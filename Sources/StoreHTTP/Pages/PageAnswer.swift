import Crypto
import Encodings
import GuideFormats
import HTTPTypes
import Hummingbird
import NIOCore

/// A page or a file, mostly one that a person's link opens.
///
/// Such a link is the key: nothing of it is kept on the way, found by a search engine, or told to another site.
struct PageAnswer: Sendable {
    let body: ByteBuffer
    let type: String
    let policy: String?
    let entityTag: String
    /// Whether nobody may keep it, not even the browser: for what tells where somebody lives.
    var isPersonal = false
    /// Other hosts that the page has pictures of.
    var imageHosts: Set<String> = []
    /// Whether search engines may list it: a shop's window is for everybody.
    var isListed = false

    /// A page made from a template.
    init(html: String, _ template: HTMLTemplate) {
        self.init(bytes: Array(html.utf8), type: "text/html; charset=utf-8", policy: template.policy)
    }

    /// A file that was made from another answer, and changes only with it.
    init(bytes: [UInt8], type: String, madeFrom source: PageAnswer, named name: String) {
        body = ByteBuffer(bytes: bytes)
        self.type = type
        policy = nil
        entityTag = Self.tag(source, name)
    }

    /// The entity tag of what is made from another answer, known before it is made.
    static func tag(_ source: PageAnswer, _ name: String) -> String {
        "\(source.entityTag.dropLast())-\(name)\""
    }

    /// A file.
    init(bytes: [UInt8], type: String, policy: String? = nil) {
        body = ByteBuffer(bytes: bytes)
        self.type = type
        self.policy = policy
        let hash = SHA256.hash(data: bytes).prefix(12).hexadecimal
        entityTag = "\"\(hash)\""
    }

    /// The answer, or that the caller has it already.
    func response(to request: Request, status: HTTPResponse.Status = .ok) -> Response {
        var headers: HTTPFields = [.cacheControl: isPersonal ? "no-store" : "private, no-cache"]
        if !isListed { headers[.robotsTag] = "noindex" }
        if var policy {
            let hosts = imageHosts.sorted().map { " \($0)" }.joined()
            policy.replace("img-src 'self'", with: "img-src 'self'\(hosts)")
            headers.append(HTTPField(name: .contentSecurityPolicy, value: policy))
        }
        if !isPersonal {
            headers.append(HTTPField(name: .eTag, value: entityTag))
            if status == .ok, request.knows(entityTag) { return Response(status: .notModified, headers: headers) }
        }
        headers.append(HTTPField(name: .contentType, value: type))
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}

extension Request {
    /// Whether the caller has what an entity tag names.
    func knows(_ entityTag: String) -> Bool {
        guard let header = headers[.ifNoneMatch] else { return false }
        if header == entityTag { return true }
        let known = header.split(separator: ",").map { $0.filter { $0 != " " } }
        return known.contains(entityTag) || known == ["*"] || known.contains("W/\(entityTag)")
    }
}

/// What a person sees where a link opens nothing, or nothing any more.
enum ProblemPage {
    private static let template = HTMLTemplate(Embedded.text("problem.mustache"))
    private static let notFound = page(.problemNotFound, .problemNotFoundDetail)
    private static let erased = page(.problemErased, .problemErasedDetail)

    /// Nil for a problem that has no page.
    static func page(of problem: ProblemType) -> PageAnswer? {
        switch problem {
        case .notFound: notFound
        case .erased: erased
        default: nil
        }
    }

    private static func page(_ title: PageSentence, _ detail: PageSentence) -> PageAnswer {
        let words = PageWords.all.first
        return PageAnswer(
            html: template.render([
                "language": words?.language ?? "", "direction": words?.direction ?? "",
                "title": words?.text(title) ?? "", "detail": words?.text(detail) ?? "",
            ]),
            template
        )
    }
}
