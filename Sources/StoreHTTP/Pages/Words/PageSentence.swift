import UsageGuide

/// Every sentence of the customers' pages and of the papers: its name is its key in the files of this folder.
enum PageSentence: String, SentenceKey {
    case testStore
    case orderTitle
    case orderThanks
    case orderPlaced
    case orderGuide
    case orderItems
    case orderTotal
    case orderDiscount
    case orderShipping
    case orderTax
    case orderTaxIncluded
    case orderWithout
    case orderStatus
    case orderStatusPlaced
    case orderStatusCompleted
    case orderStatusClosed
    case orderStatusCancelled
    case orderPaymentUnpaid
    case orderPaymentAuthorised
    case orderPaymentPaid
    case orderPaymentFailed
    case orderPaymentVoid
    case orderPaymentPartlyRefunded
    case orderPaymentRefunded
    case orderFulfilmentUnfulfilled
    case orderFulfilmentPartlyShipped
    case orderFulfilmentShipped
    case orderFulfilmentDelivered
    case orderFulfilmentReturned
    case orderFulfilmentLost
    case orderCourse
    case orderCourseNone
    case orderCourseMove
    case orderCourseClosed
    case orderCourseCancelled
    case orderCourseSession
    case orderCourseHint
    case orderCourseFinal
    case orderCourseZone
    case orderCourseArtist
    case orderCourseKeepDry
    case orderCourseKeepDryValue
    case orderCourseWash
    case orderCourseWashValue
    case orderCourseRest
    case orderCourseRestValue
    case orderCourseSave
    case orderCourseLast
    case orderReminders
    case orderRemindersHint
    case orderRemindersHour
    case orderRemindersNone
    case orderRemindersSave
    case orderOffers
    case orderOffersTaken
    case orderOffersTake
    case orderOffersEnd
    case orderContact
    case orderContactOpen
    case orderContactClosed
    case orderContactName
    case orderContactGivenName
    case orderContactEmail
    case orderContactPhone
    case orderContactLine1
    case orderContactLine2
    case orderContactCity
    case orderContactPostalCode
    case orderContactCountry
    case orderContactSave
    case orderCancel
    case orderCancelHint
    case orderCancelButton
    case orderCancelSome
    case orderCancelSomeButton
    case orderNow
    case orderAdjustCancelled
    case orderAdjustReturned
    case orderAdjustLost
    case orderAdjustWithdrawn
    case orderAdjustGoodwill
    case orderAdjustShipping
    case orderAdjustCorrection
    case orderUnitsCancelled
    case orderUnitsReturned
    case orderUnitsLost
    case orderUnitsReplaced
    case orderShippingChange
    case orderShippingOption
    case orderShippingOptionOneDay
    case orderShippingTotal
    case orderShippingButton
    case orderReturn
    case orderReturnHint
    case orderReturnUnits
    case orderReturnReason
    case orderReturnButton
    case orderReturnList
    case orderReturnTo
    case orderReturnAwaited
    case orderReturnReceived
    case orderReturnCredited
    case orderReturnClosed
    case orderReturnKeep
    case orderWithdraw
    case orderWithdrawUntil
    case orderWithdrawOpen
    case orderWithdrawSealed
    case orderWithdrawButton
    case orderWithdrawWho
    case orderWithdrawCancelled
    case orderWithdrawComesBack
    case orderWithdrawNotSent
    case orderWithdrawCloses
    case orderWithdrawAmount
    case orderWithdrawMail
    case orderWithdrawConfirm
    case orderDoneCancelledSome
    case orderDoneShipping
    case orderDoneReturn
    case orderDoneReturnKept
    case orderDoneWithdrawal
    case orderFaultUnits
    case orderFaultChangedMeanwhile
    case orderLinks
    case orderLinksHint
    case orderLinksGuide
    case orderLinksCalendar
    case orderLinksRevoked
    case orderLinksRenew
    case orderLinksRevoke
    case orderPrivate
    case orderDoneCourse
    case orderDoneContact
    case orderDoneLinks
    case orderDoneReminders
    case orderDoneNoReminders
    case orderDoneOffers
    case orderDoneNoOffers
    case orderPay
    case orderPayHint
    case orderPayTitle
    case orderPayContinue
    case orderPayAgain
    case orderDonePayment
    case orderDocuments
    case orderFaultHeading
    case orderFaultChanged
    case orderFaultNotADate
    case orderFaultDuplicate
    case orderFaultTooFarAway
    case orderFaultTooMany
    case orderFaultZone
    case orderFaultChoice
    case orderFaultEmail
    case orderFaultHour
    case orderFaultOffers
    case orderFaultLine
    case orderFaultCard
    case documentInvoice
    case documentCreditNote
    case documentGoodwill
    case documentDate
    case documentOrder
    case documentTaxNumber
    case documentTo
    case documentItem
    case documentQuantity
    case documentAmount
    case documentNet
    case documentTax
    case documentPay
    case documentPayDue
    case documentPayReference
    case documentReason
    case documentPrint
    case calendarTitle
    case calendarHint
    case calendarChoose
    case calendarRings
    case calendarIsSilent
    case calendarSubscribe
    case calendarSubscribeHint
    case calendarAddress
    case calendarAddressHint
    case calendarFile
    case calendarFileHint
    case calendarSave
    case calendarBack
    case mailGreeting
    case mailPlacedSubject
    case mailPlaced
    case mailPlacedUnpaid
    case mailLegalTexts
    case mailPaidSubject
    case mailPaid
    case mailShippedSubject
    case mailShipped
    case mailShippedWith
    case mailMovedSubject
    case mailMoved
    case mailCancelledSubject
    case mailCancelled
    case mailPartlyCancelledSubject
    case mailPartlyCancelled
    case mailReturnAnnouncedSubject
    case mailReturnAnnounced
    case mailReturnClosedSubject
    case mailReturnClosed
    case mailReturnedSubject
    case mailReturned
    case mailWithdrawnSubject
    case mailWithdrawn
    case mailWithdrawnBack
    case mailReplacedSubject
    case mailReplaced
    case mailPaymentReturnedSubject
    case mailPaymentReturned
    case mailSendingCancelledSubject
    case mailSendingCancelled
    case mailCreditedSubject
    case mailCredited
    case mailShippingChangedSubject
    case mailShippingChanged
    case mailRefundedSubject
    case mailRefunded
    case mailFailedSubject
    case mailFailed
    case mailWashToday
    case mailLotionToday
    case mailEndToday
    case mailSessionTomorrow
    case mailOnlySessionTomorrow
    case mailReminded
    case mailUnsubscribe
    case mailRefillSubject
    case mailRefill
    case mailRefillShop
    case mailOffered
    case mailUnsubscribeOffers
    case mailGuide
    case mailOrder
    case mailTrack
    case mailItems
    case mailPlan
    case mailGoesTo
    case mailLinksSubject
    case mailLinks
    case mailLinkRenewed
    case mailPay
    case mailFooter
    case findTitle
    case findHint
    case findOrder
    case findEmail
    case findSend
    case findDone
    case findError
    case findOrderWrong
    case findEmailWrong
    case unsubscribeTitle
    case unsubscribeAsk
    case unsubscribeDone
    case unsubscribeAgain
    case unsubscribeButton
    case unsubscribeOffersTitle
    case unsubscribeOffersAsk
    case unsubscribeOffersDone
    case unsubscribeOffersAgain
    case unsubscribeOffersButton
    case slipSheet
    case slipShipBy
    case slipHold
    case slipHeld
    case slipNote
    case problemNotFound
    case problemNotFoundDetail
    case problemErased
    case problemErasedDetail

    var placeholders: Set<String> {
        switch self {
        case .orderCourseWashValue, .orderCourseRestValue: ["days"]
        case .orderPlaced, .documentDate, .slipShipBy: ["date"]
        case .orderWithout: ["product"]
        case .orderCourseKeepDryValue: ["hours"]
        case .orderTitle, .orderCourseSession, .orderFaultNotADate, .orderFaultDuplicate, .orderFaultTooFarAway,
            .documentInvoice, .documentCreditNote, .documentOrder, .documentTaxNumber, .documentPayReference:
            ["number"]
        case .orderTaxIncluded, .documentPayDue: ["amount"]
        case .orderCourseLast: ["changes"]
        case .orderContactCountry: ["country"]
        case .orderDoneCourse: ["revision"]
        case .calendarRings, .orderDoneReminders: ["time"]
        case .mailSessionTomorrow: ["ordinal"]
        case .mailRefillSubject, .mailRefill, .mailRefillShop: ["product"]
        case .slipSheet: ["number", "count"]
        case .orderFaultLine, .orderFaultCard: ["field"]
        case .documentNet, .documentTax: ["rate"]
        case .documentReason, .slipHold, .slipHeld: ["reason"]
        case .slipNote: ["text"]
        case .mailGreeting: ["name"]
        case .mailPlacedSubject, .mailPlaced, .mailPaidSubject, .mailShippedSubject, .mailShipped, .mailMovedSubject,
            .mailCancelledSubject, .mailCancelled, .mailFailedSubject, .mailFailed, .mailLinksSubject, .mailLinks,
            .mailPaymentReturnedSubject, .mailLinkRenewed, .mailReminded, .mailOffered, .unsubscribeAsk,
            .unsubscribeDone, .unsubscribeOffersAsk,
            .unsubscribeOffersDone:
            ["number"]
        case .mailPaid, .mailRefundedSubject, .mailRefunded, .mailPaymentReturned: ["amount", "number"]
        case .mailShippedWith: ["carrier", "tracking"]
        case .orderUnitsCancelled, .orderUnitsReturned, .orderUnitsLost:
            ["count"]
        case .orderUnitsReplaced,
            .orderReturnUnits,
            .orderWithdrawCancelled,
            .orderWithdrawComesBack,
            .orderWithdrawNotSent:
            ["count", "product"]
        case .orderShippingOption: ["from", "method", "to"]
        case .orderShippingOptionOneDay: ["from", "method"]
        case .orderShippingTotal,
            .orderWithdrawAmount:
            ["amount"]
        case .orderWithdrawUntil: ["date"]
        case .orderWithdrawWho: ["date", "name", "number"]
        case .orderWithdrawMail: ["email"]
        case .orderFaultChangedMeanwhile: ["detail"]
        case .mailPartlyCancelledSubject,
            .mailPartlyCancelled,
            .mailReturnedSubject,
            .mailReturned,
            .mailWithdrawnSubject,
            .mailReplacedSubject,
            .mailSendingCancelledSubject,
            .mailSendingCancelled,
            .mailCreditedSubject,
            .mailShippingChangedSubject:
            ["number"]
        case .mailReturnAnnouncedSubject,
            .mailReturnClosedSubject,
            .orderWithdrawCloses:
            ["return"]
        case .mailReturnClosed: ["number", "return"]
        case .mailReturnAnnounced: ["address", "number", "return"]
        case .mailWithdrawn: ["date", "number", "time", "units"]
        case .mailWithdrawnBack: ["address", "return"]
        case .mailReplaced: ["number", "units"]
        case .mailCredited,
            .mailShippingChanged:
            ["amount", "number"]
        default: []
        }
    }
}
