import Catalog
import Commerce
import GuideFormats
import JSONFields
import Orders
import Payments
import Returns
import StoreAPI

/// What became of the order since it was placed, and what its customer may still change their mind about.
extension OrderPage {
    /// What its price has come to, below the sums that it was sold by.
    var adjustments: [[String: Any]] {
        if order.adjustments.isEmpty { return [] }
        let currency = order.totals.total.currency
        return order.adjustments.map { adjustment in
            let label: PageSentence =
                switch adjustment.cause {
                case .cancelled: .orderAdjustCancelled
                case .returned: .orderAdjustReturned
                case .lost: .orderAdjustLost
                case .withdrawn: .orderAdjustWithdrawn
                case .goodwill: .orderAdjustGoodwill
                case .shipping: .orderAdjustShipping
                case .correction: .orderAdjustCorrection
                }
            let amount = Money(abs(adjustment.amount), currency).text
            return ["label": words.text(label), "amount": (adjustment.amount < 0 ? "−" : "+") + amount]
        } + [["label": words.text(.orderNow), "amount": order.comesTo.text, "isTotal": true]]
    }

    /// What of a line is not as it was sold.
    func changes(_ line: Order.Line) -> [String] {
        var changes: [String] = []
        if line.cancelledQuantity > 0, order.status != .cancelled {
            changes.append(words.text(.orderUnitsCancelled, ["count": "\(line.cancelledQuantity)"]))
        }
        if line.returnedQuantity > 0 {
            changes.append(words.text(.orderUnitsReturned, ["count": "\(line.returnedQuantity)"]))
        }
        if line.lostQuantity > 0 {
            changes.append(words.text(.orderUnitsLost, ["count": "\(line.lostQuantity)"]))
        }
        return changes
            + line.replacements.filter { $0.quantity > $0.cancelled }.map {
                words.text(.orderUnitsReplaced, ["count": "\($0.quantity - $0.cancelled)", "product": $0.name])
            }
    }

    /// Units that can be given up one by one; nil where all of it is one unit.
    var someCancellation: [String: Any]? {
        let open = order.lines.map { ($0, order.open($0)) }.filter { $0.1 > 0 }
        guard open.reduce(0, { $0 + $1.1 }) > 1 else { return nil }
        return [
            "summary": words.text(.orderCancelSome), "button": words.text(.orderCancelSomeButton),
            "units": open.map { line, count in Self.unitField(line, name: line.name, most: count) },
        ]
    }

    private static func unitField(_ line: Order.Line, name: String, most: Int) -> [String: Any] {
        ["sku": line.sku.rawValue, "name": name, "most": "\(most)"]
    }

    /// The other ways to send it, each with what it would come to; nil where there is none.
    var shippingForm: [String: Any]? {
        let others = shippingChanges.filter { $0.method.code != order.shippingMethod }
        guard !others.isEmpty else { return nil }
        return [
            "action": "\(StorePath.orderPage(order.token))/shipping", "summary": words.text(.orderShippingChange),
            "button": words.text(.orderShippingButton),
            "methods": others.map { change in
                let (from, to) = (change.arrives.lowerBound, change.arrives.upperBound)
                let arrival = ["method": change.method.name, "from": words.date(from)]
                return [
                    "code": change.method.code, "amount": "\(change.total.amount)",
                    "name": from == to
                        ? words.text(.orderShippingOptionOneDay, arrival)
                        : words.text(.orderShippingOption, arrival.merging(["to": words.date(to)]) { $1 }),
                    "total": words.text(.orderShippingTotal, ["amount": change.total.text]),
                ]
            },
        ]
    }

    /// What is on its way back, and what else could come back; nil where neither is.
    var returnsCard: [String: Any]? {
        let kept = order.lines.enumerated().map { ($0.element, order.announceable($0.offset + 1, besides: returns)) }
            .filter { $0.1 > 0 }
        if kept.isEmpty, returns.isEmpty { return nil }
        var card: [String: Any] = [
            "heading": words.text(.orderReturn),
            "list": returns.map { back in
                let state: PageSentence =
                    if back.isCredited {
                        .orderReturnCredited
                    } else if back.receivedAt != nil {
                        .orderReturnReceived
                    } else {
                        back.isAwaited ? .orderReturnAwaited : .orderReturnClosed
                    }
                let units = back.lines.map { "\($0.quantity) × \(order.lines[$0.line - 1].name)" }
                var entry: [String: Any] = [
                    "number": back.number(of: order.number), "units": units.joined(separator: ", "),
                    "state": words.text(state),
                ]
                if back.isAwaited, back.kind == .allowed {
                    entry["closure"] =
                        [
                            "action": "\(StorePath.orderPage(order.token))/returns/closure",
                            "ordinal": "\(back.ordinal)", "button": words.text(.orderReturnKeep),
                        ] as [String: Any]
                }
                return entry
            },
        ]
        if returns.contains(where: \.isAwaited), !returnAddress.isEmpty {
            card["to"] = ["heading": words.text(.orderReturnTo), "lines": returnAddress] as [String: Any]
        }
        if !kept.isEmpty {
            card["form"] =
                [
                    "action": "\(StorePath.orderPage(order.token))/returns", "hint": words.text(.orderReturnHint),
                    "reason": words.text(.orderReturnReason), "button": words.text(.orderReturnButton),
                    "units": kept.map { line, count in
                        Self.unitField(
                            line,
                            name: words.text(.orderReturnUnits, ["product": line.name, "count": "\(count)"]),
                            most: count
                        )
                    },
                ] as [String: Any]
        }
        return card
    }

    /// The right to withdraw from the contract; nil where it is over, or nothing is left to withdraw from.
    var withdrawalCard: [String: Any]? {
        let kept = order.lines.enumerated().map { index, line in
            (line, order.withdrawable(index + 1, besides: returns) + order.withParcelsOpened.open(line))
        }.filter { $0.1 > 0 }
        if order.status == .cancelled || kept.isEmpty || isWithdrawalOver { return nil }
        let until = lastDayToWithdraw.map { words.text(.orderWithdrawUntil, ["date": words.date($0)]) }
        var card: [String: Any] = [
            "heading": words.text(.orderWithdraw), "action": "\(StorePath.orderPage(order.token))/withdrawal",
            "hint": until ?? words.text(.orderWithdrawOpen),
            "button": words.text(.orderWithdrawButton),
            "units": kept.map { line, count in
                Self.unitField(
                    line,
                    name: words.text(.orderReturnUnits, ["product": line.name, "count": "\(count)"]),
                    most: count
                ).merging(["value": "\(count)"]) { $1 }
            },
        ]
        if kept.contains(where: { $0.0.isSealed }) { card["sealed"] = words.text(.orderWithdrawSealed) }
        if let withdrawal { card["confirm"] = confirmation(withdrawal) }
        return card
    }

    /// Who withdraws from what, to be confirmed.
    private func confirmation(_ preview: WithdrawalPreviewBody) -> [String: Any] {
        func sentences(_ items: [ChoiceItemBody], _ sentence: PageSentence) -> [String] {
            items.map { item in
                let named =
                    order.lines.map { ($0.sku, $0.name) } + order.lines.flatMap(\.parts).map { ($0.sku, $0.name) }
                let name = named.first { $0.0.rawValue == item.sku }?.1 ?? item.sku
                return words.text(sentence, ["count": "\(item.quantity)", "product": name])
            }
        }
        return [
            "who": words.text(
                .orderWithdrawWho,
                [
                    "name": order.details.customer.name, "number": order.number.description,
                    "date": words.date(order.placedAt.date),
                ]
            ),
            "list": sentences(preview.cancelled, .orderWithdrawCancelled)
                + sentences(preview.comesBack, .orderWithdrawComesBack)
                + sentences(preview.notSent, .orderWithdrawNotSent)
                + preview.closes.map { words.text(.orderWithdrawCloses, ["return": $0]) }
                + (preview.amount.amount > 0
                    ? [
                        words.text(
                            .orderWithdrawAmount,
                            ["amount": Money(preview.amount.amount, order.totals.total.currency).text]
                        )
                    ] : [])
                + [words.text(.orderWithdrawMail, ["email": order.details.customer.email.rawValue])],
            "button": words.text(.orderWithdrawConfirm),
            "units": (preview.cancelled + preview.comesBack).map { ["sku": $0.sku, "quantity": "\($0.quantity)"] },
        ]
    }
}
