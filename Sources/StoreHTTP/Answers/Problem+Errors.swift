import Catalog
import Commerce
import Fulfilment
import JSONFields
import Orders
import Payments
import Returns
import Personal
import Records
import StoreAPI

/// What a client is told where a rule of the shop refuses what was asked.
extension Problem {
    /// The problem that an error of a rule is; nil for every other error.
    init?(of error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as OrderError: self.init(error)
        case let error as PaymentError: self.init(error)
        case let error as ReturnError: self.init(error)
        case let error as FulfilmentError: self.init(error)
        case let error as StockError: self.init(error)
        case let error as PersonalError: self.init(error)
        case is IdempotencyKey.Reused: self.init(.keyReused)
        case is ProviderError:
            self.init(.unavailable, "The payment service does not answer. Nothing was taken; send it again.")
        default: return nil
        }
    }

    private init(_ error: OrderError) {
        switch error {
        case .unknown: self.init(.notFound)
        case .changed(let order):
            self.init(.courseChanged)
            current = .order(OrderBody(order))
            currentVersion = order.guide.courseVersion
        case .cancelled: self.init(.courseClosed, "The order was cancelled.")
        case .over(let last): self.init(.courseClosed, "The plan ended on \(last).")
        case .changedTooOften: self.init(.courseClosed, "The dates have been changed too often; the shop can help.")
        case .renewedTooOften: self.init(.courseClosed, "The link has been renewed as often as a link can be.")
        case .notOpen(let sku, let count):
            self.init(
                .courseClosed,
                "Of \(sku) \(count == 0 ? "none is" : "only \(count) \(count == 1 ? "is" : "are")") still to be packed: what lies in a parcel is unpacked first, what has left is to come back."
            )
        case .notKept(let sku, let count):
            self.init(
                .courseClosed,
                "Of \(sku) \(count == 0 ? "none" : "no more than \(count)") is with the customer and not announced already."
            )
        case .noReplacement:
            self.init(.courseClosed, "Nothing waits to be sent once more: what lies in a parcel is unpacked first.")
        case .beingPaid:
            self.init(.courseClosed, "Its payment is on its way: try it again in a few minutes.")
        case .withdrawalOver(let last): self.init(.courseClosed, "The time to withdraw ended on \(last).")
        case .noSuchMethod(let known):
            let names = known.isEmpty ? "there is none" : "there is \(known.joined(separator: ", "))"
            self.init("/shippingMethod", "unknownMethod", "No shipping method of this name goes there; \(names).")
        case .otherTotal(let total):
            self.init("/expectedTotal", "otherTotal", "The order would come to \(total.text): look at it again.")
        case .costsMore(let money):
            self.init(
                .paymentRefused,
                "It costs \(money.text) more, and the order is paid: keep the method, or cancel and order anew."
            )
        case .packed: self.init(.courseClosed, "Packing has begun, or the order was cancelled.")
        case .erased(let moment): self.init(.erased, "Whose order this was has been erased, on \(moment.date).")
        }
    }

    private init(_ error: PersonalError) {
        switch error {
        case .nobody: self.init(.notFound, "No order has this e-mail address.")
        case .open(let holdings):
            self.init(.notErasable, holdings.compactMap(\.whatIsOpen).joined(separator: " "))
        }
    }

    private init(_ error: PaymentError) {
        switch error {
        case .alreadyPaid: self.init(.paymentRefused, "The order has been paid, or is void.")
        case .paidElsewhere(let method):
            self.init(.paymentRefused, "This order is paid by \(method.rawValue), not like this.")
        case .outOfStock: self.init(.outOfStock, "What the order holds went to others after its payment failed.")
        case .triedTooOften: self.init(.paymentRefused, "The payment was tried too often; the shop can help.")
        case .closed: self.init(.paymentRefused, "The payment could not be started; try it again, or ask the shop.")
        case .notPaid: self.init(.paymentRefused, "The order has not been paid, or all of it has gone back.")
        case .otherAmount(let total):
            self.init("/amount", "otherAmount", "The order is paid as a whole: \(total.text).")
        case .nothingToRefund:
            self.init("/items", "nothingToRefund", "Nothing of that is left of the order's price.")
        case .tooMuchShipping(let left):
            self.init("/shippingAmount", "tooMuch", "Of the shipping \(left.text) is left.")
        case .tooMuch(let left): self.init("/goodwill", "tooMuch", "Of the order's price \(left.text) is left.")
        }
    }

    private init(_ error: ReturnError) {
        switch error {
        case .unknown: self.init(.notFound, "The order has no such return, and nothing that could come back.")
        case .several(let ordinals):
            let names = ordinals.map { "R\($0)" }.joined(separator: ", ")
            self.init("/returnNumber", "several", "It may be one of \(names): say which, or name what came.")
        case .received: self.init(.courseClosed, "This return was received already.")
        case .notReceived: self.init(.courseClosed, "This return has not come yet: receive it first.")
        case .closed:
            self.init(
                .courseClosed,
                "Nobody waits for this return any more: what came is received without its number, by naming what it is."
            )
        case .isWithdrawal:
            self.init(.courseClosed, "A withdrawal can't be taken back: only the shop closes it, by its number.")
        case .tooOften: self.init(.courseClosed, "Returns have been announced too often; the shop can help.")
        case .credited: self.init(.courseClosed, "This return is off the order's price already.")
        case .tooMany(let sku, let count):
            self.init("/items", "tooMany", "Of \(sku) no more than \(count) can come back like this.")
        case .lost:
            self.init(
                .courseClosed,
                "All of this was given up as lost and is sent once more: cancel that first, or count what came into stock."
            )
        case .unknownLot(let sku, let lot, let known):
            let names = known.isEmpty ? "none has come yet" : "known: \(known.suffix(10).joined(separator: ", "))"
            self.init("/units", "unknownLot", "No lot \(lot) of \(sku) has come; \(names).")
        }
    }

    private init(_ error: FulfilmentError) {
        switch error {
        case .leased(let lease): self.init(.leased, "\(lease.holder) packs it, until \(lease.until) at the latest.")
        case .notPackable(let why): self.init(.notPackable, why)
        case .notShippable(let why): self.init(.notShippable, why)
        case .doubtfulTrackingNumber(let why): self.init(.doubtfulTrackingNumber, why)
        case .wrongContents(let mistakes):
            self.init(
                fields: mistakes.map { FieldProblem(pointer: $0.pointer, code: $0.code, detail: $0.detail) }
            )
        }
    }

    private init(_ error: StockError) {
        switch error {
        case .unknown: self.init(.notFound, "The shop keeps no stock of this.")
        case .tooFew: self.init(.stockTooLow)
        case .expiryDiffers(let known):
            self.init("/expires", "expiryDiffers", "This lot is known to expire on \(known): one lot has one date.")
        case .unknownLot(let known):
            let names = known.isEmpty ? "none has come yet" : "there is \(known.prefix(10).joined(separator: ", "))"
            self.init("/lot", "unknownLot", "No lot of this name has come; \(names). Receive it first.")
        case .moved(let count): self.init(.stockMoved, "There are \(count) now, by the store's count.")
        }
    }
}
