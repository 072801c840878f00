import Commerce
import Crypto
import Encodings
import HTTPTypes
import Hummingbird
import NIOCore
import OrderedCollections
import StoreAPI
import Synchronization

/// An answer that anybody may have, and keep for a while: written once, as it is and compressed, and sent to many.
///
/// Only what holds no capability is an answer of this kind: how well a secret is compressed beside what somebody else
/// chose tells something of it.
struct PublicAnswer: Sendable {
    /// One of its encodings.
    private struct Form: Sendable {
        let body: ByteBuffer
        let entityTag: String
        let headers: HTTPFields
        let headersWhenKnown: HTTPFields
    }

    /// Less than this is not worth compressing.
    private static let octetsToCompressMin = 1024
    private static let gzip = "gzip"
    private let plain: Form
    private let compressed: Form?

    /// How many octets it takes in memory.
    var octets: Int { plain.body.readableBytes + (compressed?.body.readableBytes ?? 0) }

    /// - Parameters:
    ///   - cache: how long it may be kept, as Cache-Control says it.
    ///   - languages: what it is written in, where that depends on Accept-Language.
    init(_ bytes: [UInt8], type: String = "application/json", cache: String, languages: [String]? = nil) {
        var headers: HTTPFields = [.contentType: type, .cacheControl: cache]
        headers[.vary] = languages == nil ? "Accept-Encoding" : "Accept-Encoding, Accept-Language"
        if let languages { headers[.contentLanguage] = languages.joined(separator: ", ") }
        func form(_ bytes: [UInt8], encoding: String?) -> Form {
            var headers = headers
            let entityTag = "\"\(SHA256.hash(data: bytes).prefix(12).hexadecimal)\""
            headers[.eTag] = entityTag
            var known = headers
            (known[.contentType], known[.contentLanguage]) = (nil, nil)
            headers[.contentEncoding] = encoding
            return Form(
                body: ByteBuffer(bytes: bytes),
                entityTag: entityTag,
                headers: headers,
                headersWhenKnown: known
            )
        }
        plain = form(bytes, encoding: nil)
        let smaller = bytes.count < Self.octetsToCompressMin ? nil : Gzip.compressed(bytes)
        compressed = smaller.flatMap { $0.count < bytes.count ? form($0, encoding: Self.gzip) : nil }
    }

    /// The same for a document.
    init(_ value: some JSONWritable, cache: String, languages: [String]? = nil) {
        self.init(JSONWriter.bytes(value), cache: cache, languages: languages)
    }

    /// The answer in the encoding that the caller takes, or that they have it already.
    func response(to request: Request) -> Response {
        var form = plain
        if let compressed, let accepted = request.headers[.acceptEncoding], Self.takesGzip(accepted) {
            form = compressed
        }
        if request.knows(form.entityTag) { return Response(status: .notModified, headers: form.headersWhenKnown) }
        return Response(status: .ok, headers: form.headers, body: ResponseBody(byteBuffer: form.body))
    }

    /// Whether an Accept-Encoding names gzip and does not refuse it.
    static func takesGzip(_ header: String) -> Bool {
        header.split(separator: ",").contains { part in
            let fields = part.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
            guard fields.first == gzip else { return false }
            let weight = fields.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 }
            return weight != 0
        }
    }
}

/// Answers by what was asked, each as it was written last: the same for everybody until what it is made from changes.
final class KeptAnswers<Origin: Equatable & Sendable>: Sendable {
    /// What was asked, as far as the answer depends on it.
    struct Question: Hashable {
        let path: String
        var languages: String?
        var currency: Currency?

        init(path: String) { self.path = path }

        /// - Parameters:
        ///   - isTranslated: whether the answer depends on the reader's languages.
        ///   - currency: that of a request that names none.
        init(_ request: Request, isTranslated: Bool, currency: Currency) {
            path = request.uri.string
            self.currency = currency
            languages = isTranslated ? request.headers[.acceptLanguage] : nil
        }
    }

    private struct Kept {
        let origin: Origin
        let answer: PublicAnswer
    }

    /// So much memory they may take: whoever asks in ever other words makes the store forget, and no more.
    private static var octetsMax: Int { 8 << 20 }
    private static var countMax: Int { 256 }
    private let kept = Mutex<(answers: OrderedDictionary<Question, Kept>, octets: Int)>(([:], 0))

    /// What was answered last, where it was made from this.
    func answer(to question: Question, from origin: Origin) -> PublicAnswer? {
        guard let known = kept.withLock({ $0.answers[question] }), known.origin == origin else { return nil }
        return known.answer
    }

    func keep(_ answer: PublicAnswer, to question: Question, from origin: Origin) {
        kept.withLock { kept in
            kept.octets += answer.octets - (kept.answers.removeValue(forKey: question)?.answer.octets ?? 0)
            kept.answers[question] = Kept(origin: origin, answer: answer)
            while kept.octets > Self.octetsMax || kept.answers.count > Self.countMax {
                kept.octets -= kept.answers.removeFirst().value.answer.octets
            }
        }
    }
}
