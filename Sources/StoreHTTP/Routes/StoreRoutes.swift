import Catalog
import Crypto
import Encodings
import HTTPTypes
import Hummingbird
import JSONFields
import NIOCore
import Payments
import StoreAPI
import Synchronization

/// What a storefront has to know of the shop before it sells anything.
struct StoreRoutes: Sendable {
    let store: Store
    private let kept = KeptAnswer()

    init(store: Store) { self.store = store }

    func add(to router: Router<StoreContext>) {
        router.get("/v1/store") { request, _ in
            try request.checkQuery()
            let (catalog, _) = try await store.catalogs.shown()
            let (text, tag) = kept.answer(version: catalog.version) {
                JSONWriter.bytes(
                    StoreBody(catalog, settings: store.settings, paymentMethods: store.payments.methods)
                )
            }
            var headers: HTTPFields = [.eTag: tag, .cacheControl: "max-age=300"]
            if request.knows(tag) { return Response(status: .notModified, headers: headers) }
            headers[.contentType] = "application/json"
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: text))
        }
        router.post("/v1/quote") { request, _ in
            _ = try request.idempotencyKey()
            let bytes = try await request.jsonBytes()
            let choice = try Fields.request(bytes, store.choiceReader(try await store.catalogs.current()).choice)
            let (quote, catalog) = try await store.quote(choice)
            return Response.json(store.body(choice, quote, catalog))
        }
    }
}

/// An answer as it was written last: the same for everybody until the catalog changes.
private final class KeptAnswer: Sendable {
    private let kept = Mutex<(version: Int64, text: ByteBuffer, tag: String)?>(nil)

    func answer(version: Int64, _ write: () -> [UInt8]) -> (text: ByteBuffer, tag: String) {
        if let (known, text, tag) = kept.withLock({ $0 }), known == version { return (text, tag) }
        let bytes = write()
        let tag = "\"\(SHA256.hash(data: bytes).prefix(12).hexadecimal)\""
        let text = ByteBuffer(bytes: bytes)
        kept.withLock { $0 = (version, text, tag) }
        return (text, tag)
    }
}
