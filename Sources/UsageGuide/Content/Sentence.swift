/// Every sentence that guides and customers' pages are made of, by its key in the files of this folder.
public enum Sentence: String, Sendable, CaseIterable {
    case title
    case disclaimer
    case dateFull = "date.full"
    case dateWeekday = "date.weekday"
    case dateShort = "date.short"
    case dateBrief = "date.brief"
    case dateMonth = "date.month"
    case spanClosed = "span.closed"
    case spanOpen = "span.open"
    case spanOne = "span.one"
    case dayNumber = "day.number"
    case dayNumbers = "day.numbers"
    case listLast = "list.last"
    case headlineSession = "headline.session"
    case headlineSessionOf = "headline.session.of"
    case headlineSessionOnly = "headline.session.only"
    case headlineDay = "headline.day"
    case headlineDayOf = "headline.day.of"
    case headlineDayOnly = "headline.day.only"
    case headlineBefore = "headline.before"
    case headlineBeforeOf = "headline.before.of"
    case headlineTomorrow = "headline.tomorrow"
    case headlineTomorrowOf = "headline.tomorrow.of"
    case headlinePaused = "headline.paused"
    case headlinePausedOf = "headline.paused.of"
    case headlineDone = "headline.done"
    case headlineDoneOf = "headline.done.of"
    case headlineUndated = "headline.undated"
    case headlineUndatedOf = "headline.undated.of"
    case noteOpen = "note.open"
    case noteUndated = "note.undated"
    case noteBetween = "note.between"
    case blockSession = "block.session"
    case blockOnly = "block.only"
    case blockEach = "block.each"
    case blockFinal = "block.final"
    case sessionOrdinal = "session.ordinal"
    case sessionOnly = "session.only"
    case home
    case fallbackWash = "fallback.wash"
    case fallbackOintment = "fallback.ointment"
    case fallbackLotion = "fallback.lotion"
    case washTitle = "wash.title"
    case washHealing = "wash.healing"
    case washBetween = "wash.between"
    case washRestoring = "wash.restoring"
    case washShort = "wash.short"
    case washOn = "wash.on"
    case washEvery = "wash.every"
    case ointmentTitle = "ointment.title"
    case ointmentDetail = "ointment.detail"
    case ointmentShort = "ointment.short"
    case ointmentDaily = "ointment.daily"
    case lotionTitle = "lotion.title"
    case lotionDetail = "lotion.detail"
    case lotionAfterWash = "lotion.afterWash"
    case lotionShort = "lotion.short"
    case lotionDaily = "lotion.daily"
    case nothingTitle = "nothing.title"
    case nothingDetail = "nothing.detail"
    case nothingShort = "nothing.short"
    case dryTitle = "dry.title"
    case dryDetail = "dry.detail"
    case dryShort = "dry.short"
    case restTitle = "rest.title"
    case restDetail = "rest.detail"
    case restShort = "rest.short"
    case sunTitle = "sun.title"
    case sunDetail = "sun.detail"
    case sunShort = "sun.short"
    case pickTitle = "pick.title"
    case pickDetail = "pick.detail"
    case pickShort = "pick.short"
    case untilDate = "until.date"
    case untilToday = "until.today"
    case untilDay = "until.day"
    case informationSwelling = "information.swelling"
    case informationRedness = "information.redness"
    case informationScabs = "information.scabs"
    case informationExercise = "information.exercise"
    case milestoneScabsGone = "milestone.scabsGone"
    case milestoneActivity = "milestone.activity"
    case milestoneZeroShine = "milestone.zeroShine"
    case milestoneFullResult = "milestone.fullResult"
    case milestoneOfFinal = "milestone.ofFinal"
    case milestoneScabsGoneShort = "milestone.scabsGone.short"
    case milestoneActivityShort = "milestone.activity.short"
    case milestoneZeroShineShort = "milestone.zeroShine.short"
    case milestoneFullResultShort = "milestone.fullResult.short"
    case nextTomorrow = "next.tomorrow"
    case nextSession = "next.session"
    case nextSessionOnly = "next.session.only"
    case nextLotion = "next.lotion"
    case nextLast = "next.last"
    case phaseHealing = "phase.healing"
    case phaseBetween = "phase.between"
    case phaseRestoring = "phase.restoring"
    case progress
    case productInOrder = "product.inOrder"
    case productAtHome = "product.atHome"
    case productOintmentPurpose = "product.ointment.purpose"
    case productOintmentHow = "product.ointment.how"
    case productOintmentWhen = "product.ointment.when"
    case productWashPurpose = "product.wash.purpose"
    case productWashHow = "product.wash.how"
    case productWashWhen = "product.wash.when"
    case productLotionPurpose = "product.lotion.purpose"
    case productLotionHow = "product.lotion.how"
    case productLotionWhen = "product.lotion.when"
    case productLotionLater = "product.lotion.later"
    case productZeroShinePurpose = "product.zeroShine.purpose"
    case productZeroShineHow = "product.zeroShine.how"
    case productZeroShineWhen = "product.zeroShine.when"
    case productZeroShineLater = "product.zeroShine.later"
    case eventSession = "event.session"
    case eventSessionOnly = "event.session.only"
    case eventOintment = "event.ointment"
    case eventLotion = "event.lotion"
    case eventSun = "event.sun"
    case eventRest = "event.rest"
    case eventUndated = "event.undated"
    case calendarName = "calendar.name"
    case calendarDescription = "calendar.description"
    case changeFirst = "change.first"
    case changeMoved = "change.moved"
    case changeAdded = "change.added"
    case changeDropped = "change.dropped"
    case changeDated = "change.dated"
    case changeUndated = "change.undated"
    case changeFinal = "change.final"
    case changeNotFinal = "change.notFinal"
    case changeTimeZone = "change.timeZone"
    case changeKeepDryHours = "change.keepDryHours"
    case changeWashIntervalDays = "change.washIntervalDays"
    case changeRestDays = "change.restDays"
    case changeNone = "change.none"
    case pageFor = "page.for"
    case pageSkip = "page.skip"
    case pageNav = "page.nav"
    case pageNavToday = "page.nav.today"
    case pageNavPlan = "page.nav.plan"
    case pageNavProducts = "page.nav.products"
    case pageNavHelp = "page.nav.help"
    case pageDo = "page.do"
    case pageLeave = "page.leave"
    case pageNext = "page.next"
    case pagePrepare = "page.prepare"
    case pageNormal = "page.normal"
    case pageNormalToday = "page.normal.today"
    case pageCall = "page.call"
    case pagePlan = "page.plan"
    case pageMonths = "page.months"
    case pageMonthsSome = "page.months.some"
    case pageDays = "page.days"
    case pageMilestones = "page.milestones"
    case pageProducts = "page.products"
    case pageForGood = "page.forGood"
    case pageCalendar = "page.calendar"
    case pagePrint = "page.print"
    case pageMoved = "page.moved"
    case pageFoot = "page.foot"
    case pageZone = "page.zone"
    case pageKeySession = "page.key.session"
    case printInsert = "print.insert"
    case printScan = "print.scan"
    case printSessions = "print.sessions"
    case printSummary = "print.summary"
    case orderTitle = "order.title"
    case orderThanks = "order.thanks"
    case orderPlaced = "order.placed"
    case orderGuide = "order.guide"
    case orderItems = "order.items"
    case orderTotal = "order.total"
    case orderDiscount = "order.discount"
    case orderShipping = "order.shipping"
    case orderTax = "order.tax"
    case orderTaxIncluded = "order.taxIncluded"
    case orderWithout = "order.without"
    case orderStatus = "order.status"
    case orderStatusPlaced = "order.status.placed"
    case orderStatusCompleted = "order.status.completed"
    case orderStatusCancelled = "order.status.cancelled"
    case orderPaymentUnpaid = "order.payment.unpaid"
    case orderPaymentAuthorised = "order.payment.authorised"
    case orderPaymentPaid = "order.payment.paid"
    case orderPaymentFailed = "order.payment.failed"
    case orderPaymentVoid = "order.payment.void"
    case orderPaymentPartlyRefunded = "order.payment.partlyRefunded"
    case orderPaymentRefunded = "order.payment.refunded"
    case orderFulfilmentUnfulfilled = "order.fulfilment.unfulfilled"
    case orderFulfilmentPartlyShipped = "order.fulfilment.partlyShipped"
    case orderFulfilmentShipped = "order.fulfilment.shipped"
    case orderFulfilmentDelivered = "order.fulfilment.delivered"
    case orderFulfilmentReturned = "order.fulfilment.returned"
    case orderCourse = "order.course"
    case orderCourseNone = "order.course.none"
    case orderCourseMove = "order.course.move"
    case orderCourseClosed = "order.course.closed"
    case orderCourseCancelled = "order.course.cancelled"
    case orderCourseSession = "order.course.session"
    case orderCourseHint = "order.course.hint"
    case orderCourseFinal = "order.course.final"
    case orderCourseZone = "order.course.zone"
    case orderCourseArtist = "order.course.artist"
    case orderCourseKeepDry = "order.course.keepDry"
    case orderCourseKeepDryValue = "order.course.keepDry.value"
    case orderCourseWash = "order.course.wash"
    case orderCourseWashValue = "order.course.wash.value"
    case orderCourseRest = "order.course.rest"
    case orderCourseRestValue = "order.course.rest.value"
    case orderCourseSave = "order.course.save"
    case orderCourseLast = "order.course.last"
    case orderContact = "order.contact"
    case orderContactOpen = "order.contact.open"
    case orderContactClosed = "order.contact.closed"
    case orderContactEmail = "order.contact.email"
    case orderContactLine1 = "order.contact.line1"
    case orderContactLine2 = "order.contact.line2"
    case orderContactCity = "order.contact.city"
    case orderContactPostalCode = "order.contact.postalCode"
    case orderContactCountry = "order.contact.country"
    case orderContactSave = "order.contact.save"
    case orderCancel = "order.cancel"
    case orderCancelHint = "order.cancel.hint"
    case orderCancelButton = "order.cancel.button"
    case orderLinks = "order.links"
    case orderLinksHint = "order.links.hint"
    case orderLinksGuide = "order.links.guide"
    case orderLinksCalendar = "order.links.calendar"
    case orderLinksRevoked = "order.links.revoked"
    case orderLinksSubscribe = "order.links.subscribe"
    case orderLinksSubscribeHint = "order.links.subscribe.hint"
    case orderLinksRenew = "order.links.renew"
    case orderLinksRevoke = "order.links.revoke"
    case orderPrivate = "order.private"
    case orderDoneCourse = "order.done.course"
    case orderDoneContact = "order.done.contact"
    case orderDoneLinks = "order.done.links"
    case orderPay = "order.pay"
    case orderPayHint = "order.pay.hint"
    case orderPayTitle = "order.pay.title"
    case orderPayContinue = "order.pay.continue"
    case orderPayAgain = "order.pay.again"
    case orderDonePayment = "order.done.payment"
    case orderDocuments = "order.documents"
    case documentInvoice = "document.invoice"
    case documentCreditNote = "document.creditNote"
    case documentDate = "document.date"
    case documentOrder = "document.order"
    case documentTaxNumber = "document.taxNumber"
    case documentTo = "document.to"
    case documentItem = "document.item"
    case documentQuantity = "document.quantity"
    case documentAmount = "document.amount"
    case documentNet = "document.net"
    case documentTax = "document.tax"
    case documentPay = "document.pay"
    case documentPayReference = "document.pay.reference"
    case documentReason = "document.reason"
    case documentPrint = "document.print"
    case slipShipBy = "slip.shipBy"
    case slipHold = "slip.hold"
    case problemNotFound = "problem.notFound"
    case problemNotFoundDetail = "problem.notFound.detail"
    case orderFaultHeading = "order.fault.heading"
    case orderFaultChanged = "order.fault.changed"
    case orderFaultNotADate = "order.fault.notADate"
    case orderFaultDuplicate = "order.fault.duplicate"
    case orderFaultTooFarAway = "order.fault.tooFarAway"
    case orderFaultTooMany = "order.fault.tooMany"
    case orderFaultZone = "order.fault.zone"
    case orderFaultChoice = "order.fault.choice"
    case orderFaultEmail = "order.fault.email"
    case orderFaultLine = "order.fault.line"

    /// What is filled in: a file uses exactly these, as `{name}`.
    var placeholders: Set<String> {
        switch self {
        case .dateFull: ["day", "month", "weekday", "year"]
        case .dateWeekday: ["day", "month", "weekday"]
        case .dateShort: ["day", "shortMonth", "shortWeekday"]
        case .dateBrief: ["day", "shortMonth"]
        case .dateMonth: ["month", "year"]
        case .spanClosed, .dayNumbers: ["from", "to"]
        case .spanOpen, .spanOne: ["from"]
        case .dayNumber, .headlineDay, .untilDay: ["day"]
        case .listLast: ["last", "rest"]
        case .headlineSessionOf, .headlineDayOf, .blockSession, .sessionOrdinal, .nextSession, .eventSession:
            ["ordinal"]
        case .headlineBefore, .nextLotion, .phaseRestoring, .productWashWhen, .changeWashIntervalDays,
            .changeRestDays, .orderCourseWashValue, .orderCourseRestValue:
            ["days"]
        case .headlineBeforeOf, .untilDate, .changeAdded, .changeDropped, .orderPlaced, .documentDate, .slipShipBy:
            ["date"]
        case .home, .washTitle, .ointmentTitle, .lotionTitle, .eventOintment, .eventLotion, .orderWithout:
            ["product"]
        case .washOn: ["dates"]
        case .washEvery: ["days", "from", "to"]
        case .progress: ["day", "days"]
        case .noteBetween: ["day", "days"]
        case .milestoneOfFinal, .productOintmentWhen, .productLotionWhen, .productZeroShineWhen: ["when"]
        case .calendarName, .pageFor: ["name"]
        case .changeMoved: ["from", "ordinal", "to"]
        case .changeTimeZone, .pageZone: ["zone"]
        case .changeKeepDryHours, .orderCourseKeepDryValue: ["hours"]
        case .pageFoot: ["date", "number", "revision"]
        case .orderTitle, .orderCourseSession, .orderFaultNotADate, .orderFaultDuplicate, .orderFaultTooFarAway,
            .documentInvoice, .documentCreditNote, .documentOrder, .documentTaxNumber, .documentPayReference:
            ["number"]
        case .orderTaxIncluded: ["amount"]
        case .orderCourseLast: ["changes"]
        case .orderContactCountry: ["country"]
        case .orderDoneCourse: ["revision"]
        case .orderFaultLine: ["field"]
        case .documentNet, .documentTax: ["rate"]
        case .documentReason, .slipHold: ["reason"]
        default: []
        }
    }
}

/// Lists of words and sentences.
public enum SentenceList: String, Sendable, CaseIterable {
    case weekdays
    case shortWeekdays
    case months
    case shortMonths
    case ordinals
    case prepare
    case normal
    case call
    case forGood

    /// How many entries there have to be; nil for any number but none.
    var count: Int? {
        switch self {
        case .weekdays, .shortWeekdays: 7
        case .months, .shortMonths: 12
        case .ordinals: Course.sessionsMax
        case .prepare, .normal, .call, .forGood: nil
        }
    }
}
