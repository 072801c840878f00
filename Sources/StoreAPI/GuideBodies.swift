/// One day of a plan.
package struct PlanDayBody: Codable, Sendable, Hashable {
    @Nullable package var date: String?
    @Nullable package var session: Int?
    package let day: Int
    package let phase: String
    package let actions: [String]
    package let cautions: [String]

    package init(date: String?, session: Int?, day: Int, phase: String, actions: [String], cautions: [String]) {
        self.date = date
        self.session = session
        self.day = day
        self.phase = phase
        self.actions = actions
        self.cautions = cautions
    }
}

/// Something to look forward to. The day numbers are there only while no date is known.
package struct MilestoneBody: Codable, Sendable, Hashable {
    package let code: String
    @Nullable package var session: Int?
    @Nullable package var from: String?
    @Nullable package var to: String?
    package let fromDay: Int?
    package let toDay: Int?

    package init(code: String, session: Int?, from: String?, to: String?, fromDay: Int?, toDay: Int?) {
        self.code = code
        self.session = session
        self.from = from
        self.to = to
        self.fromDay = fromDay
        self.toDay = toDay
    }
}

/// A plan, day by day.
package struct PlanBody: Codable, Sendable, Hashable {
    package let regimen: String
    package let status: String
    @Nullable package var timeZone: String?
    package let sessions: [String]
    @Nullable package var final: Bool?
    package let keepDryHours: Int
    package let washIntervalDays: Int
    package let restDays: Int
    package let days: [PlanDayBody]
    package let milestones: [MilestoneBody]

    package init(
        regimen: String,
        status: String,
        timeZone: String?,
        sessions: [String],
        final: Bool?,
        keepDryHours: Int,
        washIntervalDays: Int,
        restDays: Int,
        days: [PlanDayBody],
        milestones: [MilestoneBody]
    ) {
        self.regimen = regimen
        self.status = status
        self.timeZone = timeZone
        self.sessions = sessions
        self.final = final
        self.keepDryHours = keepDryHours
        self.washIntervalDays = washIntervalDays
        self.restDays = restDays
        self.days = days
        self.milestones = milestones
    }
}

/// A product that the plan uses.
package struct GuideProductBody: Codable, Sendable, Hashable {
    package let sku: String
    package let name: String
    package let inOrder: Bool

    package init(sku: String, name: String, inOrder: Bool) {
        self.sku = sku
        self.name = name
        self.inOrder = inOrder
    }
}

/// An order's usage guide.
package struct GuideBody: Codable, Sendable, Hashable {
    package let orderNumber: String
    package let revision: Int
    package let issuedAt: String
    package let language: String
    package let contentVersion: String
    package let plan: PlanBody
    package let products: [GuideProductBody]

    package init(
        orderNumber: String,
        revision: Int,
        issuedAt: String,
        language: String,
        contentVersion: String,
        plan: PlanBody,
        products: [GuideProductBody]
    ) {
        self.orderNumber = orderNumber
        self.revision = revision
        self.issuedAt = issuedAt
        self.language = language
        self.contentVersion = contentVersion
        self.plan = plan
        self.products = products
    }
}

/// A plan without an order.
package struct PlanAnswerBody: Codable, Sendable, Hashable {
    package let plan: PlanBody
    package let products: [GuideProductBody]

    package init(plan: PlanBody, products: [GuideProductBody]) {
        self.plan = plan
        self.products = products
    }
}
