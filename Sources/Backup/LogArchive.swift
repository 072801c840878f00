/// The segments that were kept, and what is to be read of them.
package struct LogArchive: Sendable, Equatable {
    private let segments: Set<LogSegment>
    /// The timelines that others came of, each with its history.
    package let branches: Set<UInt32>

    /// - Parameter names: of the files in the archive's folder.
    package init(_ names: [String]) {
        let names = names.filter { $0.hasSuffix(".gz") }.map { $0.dropLast(3) }
        segments = Set(names.compactMap { LogSegment($0) })
        branches = Set(
            names.filter { $0.hasSuffix(".history") }.compactMap { UInt32($0.dropLast(".history".count), radix: 16) }
        )
    }

    /// The timeline that a recovery follows which begins on one: the newest, as the server looks for it.
    package func newest(from timeline: UInt32) -> UInt32 {
        var newest = timeline
        while newest < .max, branches.contains(newest + 1) { newest += 1 }
        return newest
    }

    /// The first segment that is not there though a later one is; nil where none is missing.
    /// - Parameters:
    ///   - first: where a recovery begins.
    ///   - timeline: the one that it ends on.
    ///   - history: the timelines before that one, each with the segment in which it was left.
    package func gap(from first: LogSegment, to timeline: UInt32, history: [LogSegment]) -> LogSegment? {
        let left = history.sorted { $0.number < $1.number }
        // Up to the last that was written, or, on a timeline that has only begun, to where it came off.
        let written = segments.filter { $0.timeline == timeline }.map(\.number)
        let last = (written + left.map(\.number).filter { $0 > 0 }.map { $0 - 1 }).max()
        guard let last, first.number <= last else { return nil }
        for number in first.number...last {
            let owner = left.first { number < $0.number }?.timeline ?? timeline
            let segment = LogSegment(timeline: owner, number: number)
            if !segments.contains(segment) { return segment }
        }
        return nil
    }

    /// What a timeline's history says: `1<tab>0/3000060<tab>why`, a line for each timeline before it.
    package static func history(_ text: String) -> [LogSegment] {
        text.split(whereSeparator: { $0 == "\n" || $0 == ";" }).compactMap { line in
            let fields = line.split(separator: "\t").map { $0.filter { !$0.isWhitespace } }
            guard fields.count >= 2, let timeline = UInt32(fields[0]) else { return nil }
            return LogSegment(timeline: timeline, place: fields[1])
        }
    }
}
