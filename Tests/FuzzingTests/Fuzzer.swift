import Glibc

/// Lets libFuzzer think of inputs for one parser. The first argument names it, and without one they are listed; the others
/// are libFuzzer's own.
@main enum Fuzzer {
    static func main() {
        let arguments = CommandLine.arguments
        chosen = Parser.all.first { $0.name == arguments.dropFirst().first }
        if chosen == nil {
            for parser in Parser.all { print(parser.name) }
            return
        }
        let words = [arguments[0]] + arguments.dropFirst(2)
        // They live as long as the program.
        let texts = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: words.count + 1)
        for (index, word) in words.enumerated() { texts[index] = strdup(word) }
        texts[words.count] = nil
        var (count, start): (CInt, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) = (CInt(words.count), texts)
        exit(runDriver(&count, &start, tryInput))
    }
}

/// The parser that is tried; set once, before anything is.
nonisolated(unsafe) private var chosen: Parser?

/// By the name that libFuzzer knows it by.
@_cdecl("LLVMFuzzerTestOneInput")
func tryInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        try chosen?.check(Input(bytes: Array(UnsafeBufferPointer(start: start, count: count))))
    } catch {
        fatalError("\(error)")
    }
    return 0
}

/// libFuzzer's own entry (`FuzzerDriver.cpp`).
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ tryInput: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
