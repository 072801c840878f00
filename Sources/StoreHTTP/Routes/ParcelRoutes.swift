import Catalog
import Commerce
import Fulfilment
import HTTPTypes
import Hummingbird
import NIOCore
import Orders
import Staff
import StoreAPI

/// The parcels that wait for their carriers: which they are, and where they go.
struct ParcelRoutes: Sendable {
    let store: Store

    /// How many orders' labels one request may ask for.
    private static let ordersMax = 100

    func add(to router: StaffRouter) {
        router.get("/v1/staff/parcels", .packer) { _, _, _ in
            let parcels = try await store.fulfilment.waitingParcels()
            return Response.privateJSON(WaitingParcelListBody(data: parcels.map(WaitingParcelBody.init), next: nil))
        }
        router.get("/v1/staff/labels", .packer) { request, context, member in
            var orders: [Order] = []
            for number in try Self.numbers(request) {
                guard let order = try await store.orders.order(.number(number)) else {
                    throw Problem(.notFound, "There is no order \(number).")
                }
                orders.append(order)
            }
            try await store.orders.noteViews(
                of: orders.map(\.id),
                reason: "labels",
                by: .staff(member.name, context.requestID),
                now: store.now()
            )
            let catalog = try await store.catalogs.lastSeen()
            let rows = [ShippingLabel.head] + orders.flatMap { ShippingLabel.labels(of: $0, catalog).map(\.fields) }
            return Response(
                status: .ok,
                headers: [.contentType: "text/csv; charset=utf-8", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: rows.map(CSV.row).joined()))
            )
        }
    }

    private static func numbers(_ request: Request) throws -> [OrderNumber] {
        var numbers: [OrderNumber] = []
        for (key, value) in request.uri.queryParameters {
            guard key == "order" else { throw Problem("", "unknownParameter", "Labels take order=NUMBER.") }
            guard let number = OrderNumber(String(value)) else {
                throw Problem("", "notAnOrderNumber", "\(value.prefix(40)) is not an order number.")
            }
            if !numbers.contains(number) { numbers.append(number) }
        }
        guard !numbers.isEmpty else { throw Problem("", "missing", "Name orders.") }
        guard numbers.count <= ordersMax else {
            throw Problem("", "tooMany", "One request names at most \(ordersMax) orders.")
        }
        return numbers
    }
}

extension WaitingParcelBody {
    init(_ parcel: WaitingParcel) {
        self.init(
            number: parcel.number,
            parcel: "\(parcel.ordinal)",
            packedAt: parcel.packedAt.description,
            packedBy: parcel.packedBy,
            shipBy: parcel.shipBy?.description,
            shippingMethod: parcel.shippingMethod,
            country: parcel.country,
            units: parcel.units,
            newGuide: parcel.newGuide
        )
    }
}
