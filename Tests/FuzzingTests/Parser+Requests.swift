import Commerce
import Encodings
import HTTPTypes
import Hummingbird
import HummingbirdCore
import JSONFields
import NIOCore
import StoreAPI
@testable import StoreHTTP
import Telemetry
@testable import Webhooks

extension Parser {
    /// Fields of a request's header.
    static let fields = [
        Parser("conditions") { input in
            let text = input.text
            if let versions = (try? EntityTag.versions(text)) ?? nil, !versions.isEmpty {
                let written = versions.map { EntityTag.text($0) }.joined(separator: ", ")
                try hold(try EntityTag.versions(written) == versions, "versions are read as they are written")
            }
            try hold(request([.ifNoneMatch: "\(text),\"1\""]).knows("\"1\""), "an entity tag is found in any list")
        },
        Parser("preferences") { input in
            let text = input.text
            _ = request([.prefer: text]).prefersMinimal
            try hold(request([.prefer: "return=minimal, \(text)"]).prefersMinimal, "the first of a preference counts")
            let languages = ["en", "de-CH", "fr"]
            let best = AcceptLanguage(text).best(of: languages)
            try hold(best.map(languages.contains) == true, "one of the languages is the best")
            _ = PublicAnswer.takesGzip(text)
            if let key = try? request([.idempotencyKey: text]).idempotencyKey() {
                try hold((1...255).contains(key.utf8.count), "an idempotency key has a length")
            }
            _ = request([.cookie: text]).cookie("cart")
        },
        Parser("traces") { input in
            let (parent, state) = input.headed
            let context = TraceContext(parent: parent, state: String(decoding: state, as: UTF8.self))
            guard let context else { return }
            try hold(
                TraceContext(parent: context.parent, state: context.state) == context,
                "a trace is passed on as it is"
            )
            try hold(context.state.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "a header field has its characters")
        },
        Parser("cursors") { input in
            if let place = try? StaffOrderListRoutes.cursor(input.text) {
                try hold(place >= 0, "a place in a list is not before it")
                try hold(try StaffOrderListRoutes.cursor("\(place)") == place, "a cursor is read as it is written")
            }
            if let place = try? EventRoutes.place(input.text) {
                try hold(try EventRoutes.place("\(place)") == place, "a place in the feed is read as it is written")
            }
        },
    ]

    /// Where a request comes from, and where a webhook goes.
    static let addresses = Parser("addresses") { input in
        if let address = IPAddress(input.text) {
            try hold(IPAddress(address.description) == address, "an address is read as it is written")
        }
        if let address = IPAddress(bytes: input.bytes) {
            _ = address.specialPurpose
            try hold(IPAddress(address.description) == address, "an address has a text")
        }
        var settings = StoreSettings(publicURL: "https://shop.example", currency: .pounds)
        settings.trustedProxies = ["10.0.0.1", "10.0.0.2"]
        let caller = settings.callerAddress(peer: "10.0.0.1", forwardedFor: input.lines)
        try hold(caller == "10.0.0.1" || !settings.trustedProxies.contains(caller), "a proxy is no caller")
        let stranger = settings.callerAddress(peer: "192.0.2.1", forwardedFor: input.lines)
        try hold(stranger == "192.0.2.1", "nobody but a proxy is believed")
    }

    /// What a browser sends of the storefront's forms.
    static let forms = Parser("forms") { input in
        let text = input.text
        try hold(text.percentEncoded.percentDecoded == text, "any text can be a part of a path")
        _ = text.percentDecoded
        let fields = FormFields(text)
        _ = CheckoutForm(fields)
        let form = SessionsForm(fields, zone: "Europe/London")
        let again = form.fields.map { "\($0.name)=\($0.value.percentEncoded)" }.joined(separator: "&")
        if form.course != nil {
            let read = SessionsForm(FormFields(again), zone: "Europe/London")
            try hold(read.dates == form.dates && read.isFinal == form.isFinal, "sessions are carried along as they are")
        }
        let asked = JSONWriter.bytes(text)
        let shop = ReturnAddress(allowedOrigins: ["https://shop.example"])
        let address = try? Fields.read(Array("{\"returnUrl\":".utf8) + asked + Array("}".utf8)) { shop.read($0) }
        guard let address, let rest = address.lowercased().split(separator: "https://shop.example", maxSplits: 1).last
        else { return }
        let isWithin = address.lowercased() == "https://shop.example" || "/?#".contains(rest.prefix(1))
        try hold(isWithin, "a customer comes back to the shop, and nowhere else")
    }

    private static func request(_ headers: HTTPFields) -> Request {
        let head = HTTPRequest(method: .put, scheme: nil, authority: nil, path: "/", headerFields: headers)
        return Request(head: head, body: RequestBody(buffer: ByteBuffer()))
    }
}

extension Currency {
    fileprivate static var pounds: Currency {
        guard let pounds = Currency(rawValue: "GBP") else { preconditionFailure("ISO 4217 has pounds") }
        return pounds
    }
}
