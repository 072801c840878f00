package import HTTPTypes
import Hummingbird
import JSONFields
import NIOCore
import StoreAPI

/// Every way in which a request can fail: a stable path, a title and a status. `/openapi.json` lists them, and each
/// path answers with what it means.
package enum ProblemType: String, CaseIterable, Sendable {
    case malformedRequest = "malformed-request"
    case malformedHTTP = "malformed-http"
    case idempotencyKeyMissing = "idempotency-key-missing"
    case idempotencyKeyInvalid = "idempotency-key-invalid"
    case headerInvalid = "header-invalid"
    case headersTooLarge = "headers-too-large"
    case targetTooLong = "target-too-long"
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case requestTimeout = "request-timeout"
    case priceChanged = "price-changed"
    case outOfStock = "out-of-stock"
    case alreadyOrdered = "already-ordered"
    case notAccepted = "not-accepted"
    case requestInFlight = "request-in-flight"
    case limitReached = "limit-reached"
    case expired = "expired"
    case erased = "erased"
    case notErasable = "not-erasable"
    case cartChanged = "cart-changed"
    case courseChanged = "course-changed"
    case courseClosed = "course-closed"
    case paymentRefused = "payment-refused"
    case signatureInvalid = "signature-invalid"
    case leased = "leased"
    case notPackable = "not-packable"
    case notShippable = "not-shippable"
    case doubtfulTrackingNumber = "doubtful-tracking-number"
    case stockMoved = "stock-moved"
    case stockTooLow = "stock-too-low"
    case catalogChanged = "catalog-changed"
    case catalogRefused = "catalog-refused"
    case unauthorised = "unauthorised"
    case forbidden = "forbidden"
    case storefrontKeyNeeded = "storefront-key-needed"
    case originNotAllowed = "origin-not-allowed"
    case nameTaken = "name-taken"
    case pdfUnavailable = "pdf-unavailable"
    case bodyTooLarge = "body-too-large"
    case unsupportedMediaType = "unsupported-media-type"
    case invalidRequest = "invalid-request"
    case keyReused = "key-reused"
    case preconditionRequired = "precondition-required"
    case tooManyRequests = "too-many-requests"
    case internalError = "internal-error"
    case unavailable = "unavailable"

    package var status: HTTPResponse.Status {
        switch self {
        case .malformedRequest, .malformedHTTP, .idempotencyKeyMissing, .idempotencyKeyInvalid, .signatureInvalid,
            .headerInvalid:
            .badRequest
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .targetTooLong: .uriTooLong
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .requestTimeout: .requestTimeout
        case .priceChanged, .outOfStock, .alreadyOrdered, .notAccepted, .requestInFlight, .limitReached, .courseClosed,
            .paymentRefused, .nameTaken, .leased, .notPackable, .notShippable, .doubtfulTrackingNumber,
            .stockMoved, .stockTooLow, .catalogRefused, .notErasable:
            .conflict
        case .expired, .erased: .gone
        case .cartChanged, .courseChanged, .catalogChanged: .preconditionFailed
        case .pdfUnavailable: .notImplemented
        case .unauthorised, .storefrontKeyNeeded: .unauthorized
        case .forbidden, .originNotAllowed: .forbidden
        case .bodyTooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .invalidRequest, .keyReused: .unprocessableContent
        case .preconditionRequired: .preconditionRequired
        case .tooManyRequests: .tooManyRequests
        case .internalError: .internalServerError
        case .unavailable: .serviceUnavailable
        }
    }

    package var title: String {
        switch self {
        case .malformedRequest: "The request is not JSON"
        case .malformedHTTP: "The request is not HTTP"
        case .idempotencyKeyMissing: "The request needs an Idempotency-Key"
        case .idempotencyKeyInvalid: "The Idempotency-Key is not valid"
        case .headerInvalid: "A header is not valid"
        case .headersTooLarge: "The headers are too large"
        case .targetTooLong: "The address is too long"
        case .notFound: "There is nothing here"
        case .methodNotAllowed: "This can't be done here"
        case .requestTimeout: "The request took too long to arrive"
        case .priceChanged: "The total has changed"
        case .outOfStock: "Something has run out"
        case .alreadyOrdered: "The cart has been ordered"
        case .notAccepted: "Something needs the customer's yes"
        case .limitReached: "A limit is reached"
        case .requestInFlight: "The same request is being worked on"
        case .expired: "It has expired"
        case .erased: "It has been erased"
        case .notErasable: "It can't be erased yet"
        case .cartChanged: "The cart has changed"
        case .courseChanged: "The course has changed"
        case .courseClosed: "It can't be changed any more"
        case .paymentRefused: "The payment is refused"
        case .signatureInvalid: "It is not proven who sent this"
        case .leased: "Somebody else packs it"
        case .notPackable: "It can't be packed now"
        case .notShippable: "It can't be sent, delivered or taken back now"
        case .doubtfulTrackingNumber: "The tracking number may be mistyped"
        case .stockMoved: "The stock has moved meanwhile"
        case .stockTooLow: "There is too little stock"
        case .catalogChanged: "The catalog has changed"
        case .catalogRefused: "The catalog would break something"
        case .unauthorised: "This needs a staff token"
        case .forbidden: "Your role may not do this"
        case .storefrontKeyNeeded: "This needs a storefront's key"
        case .originNotAllowed: "The key is not for pages of this origin"
        case .nameTaken: "The name is taken"
        case .pdfUnavailable: "This server makes no PDF"
        case .bodyTooLarge: "The request is too large"
        case .unsupportedMediaType: "The body is of another type than is read here"
        case .invalidRequest: "The request is not valid"
        case .keyReused: "The Idempotency-Key was used for another request"
        case .preconditionRequired: "The request needs If-Match"
        case .tooManyRequests: "It was asked too often"
        case .internalError: "Something went wrong here"
        case .unavailable: "The store can't answer at the moment"
        }
    }

    /// What a client does about it.
    package var advice: String {
        switch self {
        case .malformedRequest: "Send a JSON object in UTF-8."
        case .malformedHTTP: "Send the request as HTTP/1.1 writes it, with a body that is as long as it says."
        case .idempotencyKeyMissing:
            "Send a fresh random Idempotency-Key with each new act, and the same one with each retry of it."
        case .idempotencyKeyInvalid: "Send 1 to 255 printable ASCII characters, bare or in double quotes."
        case .headerInvalid: "Each header stands once, as HTTP writes it."
        case .targetTooLong: "A path and its query have at most 8 KiB together."
        case .headersTooLarge: "A header has at most 8 KiB, and all of them 16 KiB."
        case .notFound: "Check the path. A link that was revoked, or was never made, looks the same."
        case .methodNotAllowed: "The Allow header lists what can be done."
        case .requestTimeout: "Send it again, on a better connection."
        case .priceChanged:
            "Show the customer both totals, `old` and `new`, and send the new one as `expectedTotal` if they agree."
        case .outOfStock: "Read the cart: its problems say what can still be had."
        case .alreadyOrdered: "The order is at `order`."
        case .notAccepted: "Show the customer the notices of `current`, and send the codes they agree to in `accept`."
        case .limitReached: "Take out of the cart what `detail` names, and show the customer the new total."
        case .requestInFlight: "Send the same request with the same key again in a moment."
        case .expired: "Make a new cart."
        case .erased: "Whose order it was has been erased, for good: take its link out of wherever you keep it."
        case .notErasable: "Have what `detail` names delivered, paid, cancelled or settled first, and ask again."
        case .cartChanged: "The cart as it stands is in `current`: apply the change to that, with its ETag in If-Match."
        case .courseChanged:
            "The order as it stands is in `current`: apply the change to that, with its ETag in If-Match."
        case .courseClosed: "A course can be moved until its plan is over and while its order stands."
        case .paymentRefused: "Read the order: its payment says where it stands."
        case .signatureInvalid: "Sign the bytes of the body with the secret that the shop was given for this address."
        case .leased: "Take another order, or ask whoever packs it: `detail` says who, and until when."
        case .notPackable: "Read the order: its payment, its hold and its parcels say where it stands."
        case .notShippable: "Read the order: its parcels say where it stands."
        case .doubtfulTrackingNumber:
            "Look at the label again; where the number is right, send the same with `trackingNumberChecked` true."
        case .stockMoved: "Count again: `detail` says what the counter is now."
        case .stockTooLow: "Read the stock: what orders hold can't be taken away."
        case .catalogChanged: "Plan again, and send the version that it was planned against in If-Match."
        case .catalogRefused: "Each entry of `errors` says what would break, and what to do first."
        case .unauthorised: "Send Authorization: Bearer with a token that is live; `aftercare token create` makes one."
        case .forbidden: "Ask somebody whose role may; the contract names the role that each route needs."
        case .storefrontKeyNeeded:
            "Send the key that the shop gave to this storefront as Aftercare-Key; `aftercare keys create` makes one."
        case .originNotAllowed:
            "Send the key of this site, or have the shop make one that lists its origin: `aftercare keys create --origin`."
        case .nameTaken: "Revoke what has it first, or take another name."
        case .pdfUnavailable:
            "Open the same address without .pdf and print it from a browser, or install WeasyPrint beside the store (Debian: weasyprint)."
        case .bodyTooLarge: "A body has at most 64 KiB."
        case .unsupportedMediaType: "Send Content-Type: application/json."
        case .invalidRequest: "Each entry of `errors` names a field by its JSON Pointer and says what would be right."
        case .keyReused: "Make a new key for a new request."
        case .preconditionRequired: "Send the ETag that you saw last as If-Match."
        case .tooManyRequests:
            "Send it again after the seconds in Retry-After; RateLimit says what is left before that."
        case .internalError: "Tell the shop the requestId; the request itself may be sent again."
        case .unavailable: "Send the same request, with the same Idempotency-Key, after the seconds in Retry-After."
        }
    }

    /// After how many seconds the same request may be sent again; nil where nothing is said of it.
    var retryAfterSeconds: Int? {
        switch self {
        case .unavailable: 2
        case .requestInFlight: 1
        default: nil
        }
    }

    /// Whether the connection ends with the answer: what still comes on it is a body that nobody wants.
    var closesConnection: Bool { self == .requestTimeout }

    /// The path that names this problem.
    package var path: String { "/problems/\(rawValue)" }
}

/// A request that failed, as the client is told.
struct Problem: Error {
    let type: ProblemType
    let detail: String
    var errors: [FieldProblem]?
    var current: CurrentBody?
    var currentVersion: Int?
    var totals: (old: MoneyBody, new: MoneyBody)?
    var order: String?
    var headers: HTTPFields = [:]

    init(_ type: ProblemType, _ detail: String? = nil) {
        self.type = type
        self.detail = detail ?? type.advice
    }

    /// One wrong field.
    init(_ pointer: String, _ code: String, _ detail: String) {
        self.init(fields: [FieldProblem(pointer: pointer, code: code, detail: detail)])
    }

    /// Wrong fields; the first of them is also the detail.
    init(fields: [FieldProblem]) {
        self.init(.invalidRequest, fields.first.map { $0.pointer.isEmpty ? $0.detail : "\($0.pointer): \($0.detail)" })
        errors = fields
    }

    init(_ error: DocumentError) {
        switch error {
        case .malformed: self.init(.malformedRequest)
        case .fields(let problems): self.init(fields: problems)
        }
    }

    /// How the problems that carry nothing of their own are written, up to the request's name and from there on. A store
    /// that has too much to do says so thousands of times a second.
    private static let plain: [ProblemType: (head: String, tail: String)] = {
        let marker = "REQUEST"
        var plain: [ProblemType: (head: String, tail: String)] = [:]
        for type in ProblemType.allCases {
            let text = JSONWriter.bytes(Problem(type).body(requestID: marker))
            let parts = String(decoding: text, as: UTF8.self).split(separator: marker, maxSplits: 1)
            if parts.count == 2 { plain[type] = (String(parts[0]), String(parts[1])) }
        }
        return plain
    }()

    private var isPlain: Bool {
        errors == nil && current == nil && totals == nil && order == nil && detail == type.advice
    }

    /// A problem that carries nothing of its own, as JSON.
    func plainText(requestID: String) -> String {
        let (head, tail) = Self.plain[type] ?? ("{}", "")
        return head + requestID + tail
    }

    func body(requestID: String) -> ProblemBody {
        ProblemBody(
            type: type.path,
            title: type.title,
            status: type.status.code,
            detail: detail,
            errors: errors.map { $0.map { FieldErrorBody(pointer: $0.pointer, code: $0.code, detail: $0.detail) } },
            current: current,
            old: totals?.old,
            new: totals?.new,
            order: order,
            requestId: requestID
        )
    }

    func response(requestID: String) throws -> Response {
        var response: Response
        if isPlain {
            response = Response(
                status: type.status,
                body: ResponseBody(byteBuffer: ByteBuffer(string: plainText(requestID: requestID)))
            )
        } else {
            response = Response.json(body(requestID: requestID), status: type.status)
        }
        response.headers[.contentType] = "application/problem+json"
        response.headers[.cacheControl] = "no-store"
        if let currentVersion { response.headers[.eTag] = EntityTag.text(currentVersion) }
        if let seconds = type.retryAfterSeconds { response.headers[.retryAfter] = "\(seconds)" }
        if type.closesConnection { response.headers[.connection] = "close" }
        response.headers.append(contentsOf: headers)
        return response
    }
}
