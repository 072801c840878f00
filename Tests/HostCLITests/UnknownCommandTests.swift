import HostCLI
import Testing

/// A command that is mistyped is answered with the one that was meant.
struct UnknownCommandTests {
    @Test(arguments: [
        (["tody"], "tody", "today"), (["orders", "lst"], "lst", "list"), (["nxt", "--json"], "nxt", "next"),
        (["migrat"], "migrat", "migrate"), (["serv"], "serv", "serve"), (["token", "crate"], "crate", "create"),
        (["catalog", "laod", "x.json"], "laod", "load"),
    ])
    func theNearestIsNamed(arguments: [String], typed: String, meant: String) {
        #expect(
            UnknownCommand.fault(in: arguments) == "There is no command \(typed); did you mean \(meant)?"
        )
    }

    @Test(arguments: [
        [], ["today"], ["orders", "show", "tody"], ["--help"], ["help", "tody"], ["pack", "nxt"], ["xylophone"],
        ["orders"], ["orders", "--json"],
    ])
    func whatExistsOrIsLikeNothingIsLeftToTheParser(arguments: [String]) {
        #expect(UnknownCommand.fault(in: arguments) == nil)
    }
}
