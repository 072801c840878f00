public import Commerce

/// A guide in words: everything that a client reads, as values that a renderer sets out without knowing a rule. It
/// holds nothing of the client but their dates, and the same guide in the same content is always the same document.
public struct GuideDocument: Hashable, Sendable {
    /// One day with what to do and what to leave alone.
    public struct Day: Hashable, Sendable {
        /// Nil while undated.
        public let date: CalendarDate?
        /// `Thu 3 Dec`, or `day 2`.
        public let heading: String
        /// `Day 2`, or `Session day`.
        public let label: String
        public let isSession: Bool
        public let phase: Plan.Phase
        /// Empty on a day with nothing to do.
        public let steps: [Step]
        public let cautions: [Caution]
        /// What is normal, or fine, on this day.
        public let information: [String]
        /// The steps in a word each, or that there is nothing to do.
        public let short: String
    }

    /// Something to do.
    public struct Step: Hashable, Sendable {
        public let action: Plan.Action
        /// Names the detail: steps of one name in a guide say the same.
        public let sentence: Sentence
        public let title: String
        public let detail: String
    }

    /// Something to leave alone.
    public struct Caution: Hashable, Sendable {
        public let caution: Plan.Caution
        public let title: String
        /// Why, and how.
        public let detail: String
        /// How long it still holds.
        public let until: String
        /// In a word or two.
        public let short: String
    }

    /// Days that are alike but for their washes, as one entry.
    public struct Run: Hashable, Sendable {
        public let when: String
        /// What to do on these days, a line each.
        public let lines: [String]
        /// What to leave alone, in a word or two each.
        public let cautions: [String]
    }

    /// The days of one session, or of one part of the undated guide.
    public struct Block: Hashable, Sendable {
        public let heading: String
        public let days: [Day]
        public let runs: [Run]
        public let note: String?
    }

    /// When something comes about.
    public struct Entry: Hashable, Sendable {
        public let when: String
        public let what: String
    }

    /// A product and how to use it.
    public struct Product: Hashable, Sendable {
        public let sku: SKU
        public let use: Regimen.Use
        public let name: String
        public let isInOrder: Bool
        /// Whether it is in the order, or at home already.
        public let source: String
        public let purpose: String
        public let how: String
        public let when: String
    }

    /// Something for the calendar. Its session, kind and ordinal within both name it for good.
    public struct Event: Hashable, Sendable {
        /// What an event is about.
        public enum Kind: String, Sendable, CaseIterable {
            case session
            case wash
            case ointment
            case lotion
            case sun
            case rest
            case scabsGone
            case activity
            case zeroShine
            case fullResult
        }

        public let session: Int
        public let kind: Kind
        public let ordinal: Int
        public let from: CalendarDate
        /// The last day, not the one after it.
        public let to: CalendarDate
        public let title: String
        public let detail: String
    }

    /// A stretch of the whole plan, for a picture of it.
    public struct Stretch: Hashable, Sendable {
        public let phase: Plan.Phase
        public let days: Int
        public let label: String
    }

    public let language: String
    public let contentVersion: String
    public let status: Plan.Status
    public let timeZone: String?
    public let title: String
    public let disclaimer: String
    /// What is still missing; nil for a complete plan.
    public let note: String?
    public let sessions: [Entry]
    public let blocks: [Block]
    public let stretches: [Stretch]
    public let milestones: [Entry]
    public let products: [Product]
    public let events: [Event]
    public let prepare: [String]
    public let normal: [String]
    public let call: [String]
    public let forGood: [String]

    /// Every day of the plan, in order.
    public var days: [Day] { blocks.flatMap(\.days) }

    /// Everything that is to be left alone at some time, each once.
    public var cautions: [Caution] {
        Plan.Caution.allCases.compactMap { kind in
            days.lazy.flatMap(\.cautions).first { $0.caution == kind }
        }
    }

    /// A guide in a language's words.
    public init(_ guide: Guide, content: GuideContent) {
        let writer = GuideWriter(guide: guide, content: content)
        let plan = guide.plan
        language = content.language
        contentVersion = content.version
        status = plan.status
        timeZone = plan.status == .undated ? nil : plan.course?.timeZone
        title = content.text(.title)
        disclaimer = content.text(.disclaimer)
        note =
            switch plan.status {
            case .dated: nil
            case .open: content.text(.noteOpen)
            case .undated: content.text(.noteUndated)
            }
        sessions = (plan.course?.sessions ?? []).enumerated().map { index, date in
            Entry(when: content.date(date, .dateFull), what: writer.sessionName(index + 1))
        }
        blocks = writer.blocks()
        stretches = writer.stretches()
        milestones = plan.milestones.map { writer.milestone($0) }
        products = guide.products.compactMap { writer.product($0) }
        events = writer.events()
        prepare = content.list(.prepare)
        normal = content.list(.normal)
        call = content.list(.call)
        forGood = content.list(.forGood)
    }
}
