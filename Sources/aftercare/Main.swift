import ArgumentParser
import HostCLI

@main
struct Main {
    static func main() async { await Aftercare.main() }
}
