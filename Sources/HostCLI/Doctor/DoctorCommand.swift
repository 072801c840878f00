import ArgumentParser
import Backup
import CivilTime
import FoundationEssentials
import ProgramVersion
import StaffCLI

/// `aftercare doctor`: what is wrong with this installation, and what to do.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what is wrong with this installation, and what to do.",
        discussion: """
            Looks at settings, database, disks, clock, certificate, queues, ledger and backups of the store that runs, and \
            changes nothing. Exits with 0 where all is fine, with 1 where somebody should look at something, and with 2 where \
            something is broken: so a monitor can run it.

            Example: aftercare doctor
            """
    )

    @OptionGroup var data: DataOptions
    @Flag(help: "Print the answer as JSON.")
    var json = false
    @Flag(help: "Leave out what is fine.")
    var quiet = false

    private struct Answer: Encodable {
        let version: String
        let verdict: Observation.Verdict
        let checks: [Observation]
    }

    func run() async throws {
        let observations = await Examination(data.values, ProcessInfo.processInfo.environment).observations()
        let verdict = observations.map(\.verdict).max() ?? .fine
        let shown = observations.filter { !quiet || $0.verdict != .fine }
        if json {
            try sayJSON(Answer(version: ProgramVersion.text, verdict: verdict, checks: shown))
        } else {
            if !shown.isEmpty {
                say(Terminal.table(["", "CHECK", "IS"], shown.map { [$0.verdict.word, $0.check, $0.says] }))
            }
            for observation in shown {
                if let advice = observation.advice { say("\(observation.check): \(advice).") }
            }
        }
        if verdict != .fine { throw ExitCode(verdict.rawValue) }
    }
}
