import UsageGuide

/// Every sentence of the storefront: its name is its key in the files of this folder.
enum ShopSentence: String, SentenceKey {
    case skip
    case nav
    case navKit
    case navRefills
    case navCart
    case titleKit
    case titleFault
    case demo
    case find
    case how
    case howHint
    case howRequest
    case howAnswer
    case howBack
    case howContract
    case money
    case free
    case taxIncluded
    case taxAdded
    case taxNone
    case deliveryFrom
    case deliveryFree
    case deliveryNone
    case kitEyebrow
    case kitHeadline
    case kitLead
    case kitPicture
    case kitBuy
    case kitPlanFirst
    case kitNone
    case promiseDays
    case promiseDaysText
    case promiseArtist
    case promiseArtistText
    case promiseMoved
    case promiseMovedText
    case stockIn
    case stockLow
    case stockOut
    case stockOutPart
    case arrivalInTime
    case arrivalTight
    case arrivalLate
    case arrival
    case spanDays
    case oneDay
    case boxHeading
    case boxGift
    case boxGiftOut
    case refills
    case refillsHint
    case sessions
    case sessionsHint
    case sessionsKnown
    case sessionsUnknown
    case session
    case sessionsAnother
    case sessionsShow
    case sessionsSave
    case sessionsBuy
    case final
    case finalYes
    case finalNo
    case dry
    case dry24
    case dry48
    case zone
    case country
    case countryChoose
    case countryMissing
    case countryChange
    case billing
    case billingAddress
    case billingCountry
    case billingLine
    case reminders
    case remindersHint
    case remindersHour
    case remindersNone
    case faultDate
    case faultDuplicate
    case faultFar
    case faultMany
    case faultZone
    case faultReference
    case plan
    case planNone
    case planHint
    case planHintNone
    case planFirstWash
    case planOintment
    case planDry
    case planLater
    case planUses
    case planTimes
    case arrives
    case arrivesHint
    case arrivesNowhere
    case verdictInTime
    case verdictTight
    case verdictLate
    case quantity
    case quantityOf
    case productBuy
    case productUse
    case productWarnings
    case productIngredients
    case productResponsible
    case productSealed
    case cart
    case cartShared
    case cartCopy
    case cartEmpty
    case cartToKit
    case cartCountOne
    case cartCount
    case cartBlocked
    case cartLink
    case cartLinkHint
    case items
    case itemIncludes
    case also
    case update
    case remove
    case delivery
    case deliveryUpdate
    case total
    case sumItems
    case sumDiscount
    case sumShipping
    case sumTax
    case sumTaxIncluded
    case codes
    case code
    case codeAdd
    case toCheckout
    case checkout
    case checkoutHint
    case contact
    case name
    case email
    case emailHint
    case phone
    case phoneHint
    case optional
    case address
    case line1
    case line2
    case city
    case region
    case regionState
    case regionProvince
    case regionCounty
    case regionPrefecture
    case postalCode
    case postalPostcode
    case postalZip
    case postalEircode
    case postalPin
    case payment
    case payInvoice
    case payInvoiceHint
    case payInvoiceSentHint
    case payStripe
    case payStripeHint
    case order
    case orderSessions
    case orderNoSessions
    case consent
    case place
    case placeHint
    case legal
    case legalHint
    case legalAlone
    case legalTerms
    case legalWithdrawal
    case backToCart
    case faultHeading
    case faultRequired
    case faultLine
    case faultCard
    case faultEmail
    case faultPayment
    case faultHour
    case faultOffers
    case faultRegion
    case faultPrice
    case faultStock
    case faultStockDo
    case faultConsent
    case faultCart
    case faultBusy
    case faultChanged
    case doneAdded
    case doneSaved
    case orderedTitle
    case orderedDetail
    case orderedOpen
    case orderedAgain
    case goneTitle
    case goneDetail
    case missingTitle
    case missingDetail
    case busyTitle
    case busyDetail
    case brokenTitle
    case toKit

    /// What is filled in.
    var placeholders: Set<String> {
        switch self {
        case .titleKit: ["kit"]
        case .titleFault: ["title"]
        case .money: ["amount", "symbol"]
        case .taxIncluded, .taxNone: ["country", "delivery"]
        case .taxAdded: ["country", "delivery", "tax"]
        case .deliveryFrom: ["price"]
        case .stockOutPart, .planFirstWash, .planOintment, .quantityOf: ["product"]
        case .arrivalInTime, .arrivalTight, .arrivalLate, .arrival: ["days"]
        case .spanDays: ["from", "to"]
        case .oneDay: ["day"]
        case .session, .faultDate, .faultDuplicate, .faultFar: ["number"]
        case .planDry: ["hours"]
        case .planTimes, .cartCount: ["count"]
        case .arrivesHint: ["country"]
        case .itemIncludes: ["products"]
        case .sumTaxIncluded: ["amount"]
        case .orderSessions: ["dates"]
        case .faultRequired, .faultLine, .faultCard, .faultRegion, .billingLine: ["field"]
        case .remindersHint: ["zone"]
        case .faultPrice: ["new", "old"]
        case .faultStock: ["detail"]
        default: []
        }
    }
}
