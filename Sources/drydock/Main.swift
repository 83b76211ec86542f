internal import CommandLineKit
internal import Commands

@main
enum Main {
    static func main() async {
        StandardStream.openMissing()
        Process.endNow(await Drydock.main(try ArgumentWords.current()))
    }
}
