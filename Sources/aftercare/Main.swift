import ArgumentParser
import Glibc
import HostCLI

@main
struct Main {
    static func main() async {
        let arguments = (0..<Int(CommandLine.argc)).map { index in
            CommandLine.unsafeArgv[index].map { Array(UnsafeBufferPointer(start: $0, count: strlen($0))) } ?? []
        }
        let fault =
            ArgumentText.fault(in: arguments.map { $0.map { UInt8(bitPattern: $0) } })
            ?? UnknownCommand.fault(in: Array(CommandLine.arguments.dropFirst()))
        if let fault { Aftercare.exit(withError: ValidationError(fault)) }
        await Aftercare.main()
    }
}
