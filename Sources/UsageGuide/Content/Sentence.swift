/// Every sentence that guides are made of, by its key in the files of this folder.
public enum Sentence: String, SentenceKey {
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
    case noteCancelled = "note.cancelled"
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
    case pageRemind = "page.remind"
    case pageRemindNone = "page.remind.none"
    case pageKept = "page.kept"
    case pagePrint = "page.print"
    case pageMoved = "page.moved"
    case pageFoot = "page.foot"
    case pageZone = "page.zone"
    case pageKeySession = "page.key.session"
    case printInsert = "print.insert"
    case printPDF = "print.pdf"
    case printScan = "print.scan"
    case printSessions = "print.sessions"
    case printSummary = "print.summary"

    /// What is filled in: a file uses exactly these, as `{name}`.
    package var placeholders: Set<String> {
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
        case .headlineBefore, .nextLotion, .phaseRestoring, .productWashWhen, .changeWashIntervalDays, .changeRestDays:
            ["days"]
        case .headlineBeforeOf, .untilDate, .changeAdded, .changeDropped: ["date"]
        case .home, .washTitle, .ointmentTitle, .lotionTitle, .eventOintment, .eventLotion: ["product"]
        case .washOn: ["dates"]
        case .washEvery: ["days", "from", "to"]
        case .progress: ["day", "days"]
        case .noteBetween: ["day", "days"]
        case .milestoneOfFinal, .productOintmentWhen, .productLotionWhen, .productZeroShineWhen: ["when"]
        case .calendarName, .pageFor: ["name"]
        case .changeMoved: ["from", "ordinal", "to"]
        case .changeTimeZone, .pageZone: ["zone"]
        case .changeKeepDryHours: ["hours"]
        case .pageFoot: ["date", "number", "revision"]
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
