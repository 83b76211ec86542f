internal import CommandLineKit
internal import Commands
internal import ProcessKit

@main
enum Main {
    static func main() async {
        StandardStream.openMissing()
        OpenFileLimit.raise()
        HeapSettings.prepare()
        Process.endNow(await Drydock.main(try ArgumentWords.current()))
    }
}
