// The line table as text and back, and every mistake with its line.

import GuardProtocol
import TestSupport
import Testing

/// A table with everything a table can have.
let fullTable = LineTable(
    backend: .simulated,
    supplies: [Supply(maximumCoils: 2), Supply(name: "strikes", maximumCoils: 16)],
    lockers: [
        LockerLines(
            name: "drill",
            coil: LineAddress(chip: "pinctrl-bcm2711", line: "GPIO17", activeLow: true),
            capMilliseconds: 10,
            restMilliseconds: 0,
            sensor: SensorLine(
                LineAddress(chip: "gpio-mcp23017", line: "A:3"), bias: .pullUp, debounceMilliseconds: 1000),
            simulatedDoor: SimulatedDoor(opensAfterMilliseconds: 1, latchesAfterMilliseconds: 600_000)
        ),
        LockerLines(
            name: "cargo-bike.1",
            coil: LineAddress(chip: "/dev/mila/relays", line: "K2"),
            opener: .hold,
            supply: "strikes",
            capMilliseconds: 86_400_000,
            restMilliseconds: 60_000
        ),
    ],
    lamps: [
        LampLines(
            name: "drill",
            red: LineAddress(chip: "leds", line: "1"),
            green: LineAddress(chip: "leds", line: "2", activeLow: true),
            blue: LineAddress(chip: "leds", line: "3")
        ),
        LampLines(name: "station"),
    ],
    watched: [WatchedLine(name: "stop", sensor: SensorLine(LineAddress(chip: "c", line: "E", activeLow: true)))]
)

@Suite("The line table")
struct LineTableTests {
    @Test("a table survives the way through its text, and its digest with it")
    func roundTrip() throws {
        let again = try LineTable(parsing: Array(fullTable.text.utf8))
        #expect(again == fullTable)
        #expect(again.text == fullTable.text)
        #expect(again.digest == fullTable.digest)
    }

    @Test("the text is what a person expects to read")
    func text() {
        #expect(
            fullTable.text == """
                mila-lines 2
                backend simulated
                supply main coils=2
                supply strikes coils=16
                locker drill coil=!pinctrl-bcm2711/GPIO17 opener=pulse supply=main cap=10 rest=0 \
                sensor=gpio-mcp23017/A:3 bias=pull-up debounce=1000 opens=1 latches=600000
                locker cargo-bike.1 coil=/dev/mila/relays/K2 opener=hold supply=strikes cap=86400000 rest=60000
                lamp drill red=leds/1 green=!leds/2 blue=leds/3
                lamp station
                watch stop sensor=!c/E bias=as-is debounce=0

                """
        )
    }

    @Test("a table that differs in one place has another digest")
    func digests() {
        var other = fullTable
        other.lockers[0].capMilliseconds += 1
        #expect(other.digest != fullTable.digest)
        #expect(TableDigest(of: "").value == 0xcbf2_9ce4_8422_2325, "the offset basis of 64-bit FNV-1a")
        #expect(TableDigest(of: "foobar").value == 0x8594_4171_f739_67e8, "a test vector of the FNV draft")
    }

    /// A record, the line the mistake is on, and words of the message.
    static let mistakes: [(text: String, line: Int, words: String)] = [
        ("", 1, "KIND NAME"),
        ("\nmila-lines 2\n", 1, "KIND NAME"),
        ("backend gpiod\n", 1, "starts with 'mila-lines 2'"),
        ("mila-lines 1\n", 1, "version 1"),
        ("mila-lines 2 x=1\n", 1, "'x' is no key"),
        ("mila-lines 2\nsupply main coils=1\n", 0, "backend"),
        ("mila-lines 2\nbackend real\n", 2, "not 'real'"),
        ("mila-lines 2\nbackend gpiod\nbackend gpiod\n", 3, "twice"),
        ("mila-lines 2\nbackend gpiod\nsupply main coils=1\nsupply main coils=1\n", 4, "twice"),
        ("mila-lines 2\nbackend gpiod\nsupply main coils=0\n", 3, "1 to 16"),
        ("mila-lines 2\nbackend gpiod\nsupply main coils=17\n", 3, "1 to 16"),
        ("mila-lines 2\nbackend gpiod\nsupply main coils=+1\n", 3, "no whole number"),
        ("mila-lines 2\nbackend gpiod\nsupply main\n", 3, "needs coils"),
        ("mila-lines 2\nbackend gpiod\nmila-lines 2\n", 3, "no record"),
        ("mila-lines 2\nbackend gpiod\ndoor x\n", 3, "'door' is no record"),
        (
            "mila-lines 2\nbackend gpiod\nsupply main coils=1\nlocker a coil=c/1 opener=pulse supply=main cap=100\n", 4,
            "coil, opener, supply, cap and rest"
        ),
        (
            "mila-lines 2\nbackend gpiod\nsupply main coils=1\nlocker a coil=c1 opener=pulse supply=main cap=100 rest=0\n",
            4, "not CHIP/LINE"
        ),
        (
            "mila-lines 2\nbackend gpiod\nsupply main coils=1\nlocker a coil=c/1/2 opener=pulse supply=main cap=100 rest=0\n",
            4, "not CHIP/LINE"
        ),
        (
            "mila-lines 2\nbackend gpiod\nsupply main coils=1\nlocker a coil=!!c/1 opener=pulse supply=main cap=100 rest=0\n",
            4, "not CHIP/LINE"
        ),
        (
            "mila-lines 2\nbackend gpiod\nsupply main coils=1\nlocker a coil=c/1 opener=pulse supply=main cap=9 rest=0\n",
            4, "10 to 10000 ms for a pulse"
        ),
        (
            "mila-lines 2\nbackend gpiod\nsupply main coils=1\nlocker a coil=c/1 opener=pulse supply=main cap=10001 rest=0\n",
            4, "10 to 10000 ms for a pulse"
        ),
        (
            "mila-lines 2\nbackend gpiod\nsupply main coils=1\nlocker a coil=c/1 opener=pulse supply=main cap=99999999999 rest=0\n",
            4, "no whole number"
        ),
        (
            "mila-lines 2\nbackend gpiod\nsupply main coils=1\nlocker a coil=c/1 opener=pulse supply=main cap=100 rest=60001\n",
            4, "at most 60000"
        ),
        (
            "mila-lines 2\nbackend gpiod\nsupply main coils=1\nlocker a coil=c/1 opener=pulse supply=main cap=100 rest=0 cap=200\n",
            4, "twice"
        ),
        (
            "mila-lines 2\nbackend gpiod\nsupply main coils=1\nlocker a coil=c/1 opener=pulse supply=main cap=100 rest=0 door=1\n",
            4, "'door' is no key"
        ),
        (
            "mila-lines 2\nbackend gpiod\nsupply main coils=1\nlocker a coil=c/1 opener=pulse supply=main cap=100 rest=0 sensor\n",
            4, "not key=value"
        ),
        (
            "mila-lines 2\nbackend simulated\nsupply main coils=1\nlocker a coil=c/1 opener=pulse supply=main cap=100 rest=0 sensor=c/2 bias=as-is debounce=0 opens=1\n",
            4, "together"
        ),
        (
            "mila-lines 2\nbackend simulated\nsupply main coils=1\nlocker a coil=c/1 opener=pulse supply=main cap=100 rest=0 opens=1 latches=1\n",
            4, "sensor"
        ),
        (
            "mila-lines 2\nbackend gpiod\nsupply main coils=1\nlocker a coil=c/1 opener=pulse supply=main cap=100 rest=0 sensor=c/2 bias=as-is debounce=0 opens=1 latches=1\n",
            4,
            "simulated"
        ),
        (
            "mila-lines 2\nbackend gpiod\nsupply main coils=1\nlocker a/b coil=c/1 opener=pulse supply=main cap=100 rest=0\n",
            4, "no name of a locker"
        ),
        (
            "mila-lines 2\nbackend gpiod\nsupply main coils=1\nlocker a coil=c/1 opener=pulse supply=main cap=100 rest=0\nlocker a coil=c/2 opener=pulse supply=main cap=100 rest=0\n",
            5,
            "twice"
        ),
        (
            "mila-lines 2\nbackend gpiod\nsupply main coils=1\nlocker a coil=c/1 opener=pulse supply=main cap=100 rest=0\n\nlamp x red=!c/1\n",
            6, "used twice, by x"
        ),
        ("mila-lines 2\nbackend gpiod\nlamp x\nlamp x\n", 4, "twice"),
        ("mila-lines 2\nbackend gpiod\nlamp x yellow=c/1\n", 3, "'yellow' is no key of a lamp"),
        (
            "mila-lines 2\nbackend gpiod\nlocker a coil=c/1 opener=pulse supply=main cap=100 rest=0\n", 3,
            "the supply 'main'"
        ),
        (
            "mila-lines 2\nbackend gpiod\nlocker a coil=c/1 opener=push supply=main cap=100 rest=0\n", 3,
            "'pulse' nor 'hold'"
        ),
        (
            "mila-lines 2\nbackend gpiod\nsupply b coils=1\nlocker a coil=c/1 opener=hold supply=b cap=86400001 rest=0\n",
            4, "10 to 86400000 ms for a hold"
        ),
        ("mila-lines 2\nbackend gpiod\nwatch stop\n", 3, "needs a sensor"),
        ("mila-lines 2\nbackend gpiod\nwatch stop sensor=c/1 bias=up debounce=1\n", 3, "bias=up is none of"),
        ("mila-lines 2\nbackend gpiod\nwatch stop sensor=c/1 bias=pull-up debounce=1001\n", 3, "at most 1000"),
        ("mila-lines 2\nbackend gpiod\nwatch stop sensor=c/1\n", 3, "needs bias and debounce"),
        ("mila-lines 2\nbackend gpiod\nwatch stop bias=pull-up\n", 3, "go with a sensor"),
        ("mila-lines 2\nbackend gpiod\nwatch stop sensor=/etc/1 bias=as-is debounce=1\n", 3, "not CHIP/LINE"),
        ("mila-lines 2\nbackend gpiod\nwatch stop sensor=/dev/../x/1 bias=as-is debounce=1\n", 3, "not CHIP/LINE"),
        ("mila-lines 2\r\nbackend gpiod\r\n", 1, "plain ASCII"),
        (
            "mila-lines 2\nbackend gpiod\nsupply main coils=1\nlocker ä coil=c/1 opener=pulse supply=main cap=100 rest=0\n",
            4, "plain ASCII"
        ),
        ("mila-lines 2\nbackend gpiod\nlamp " + String(repeating: "x", count: 65) + "\n", 3, "no name of a lamp"),
        ("mila-lines 2\nbackend gpiod\nlamp x" + String(repeating: " ", count: 1024) + "\n", 3, "at most 1024"),
        (String(repeating: "x", count: LineTable.maximumBytes + 1), 0, "larger than"),
    ]

    @Test("each mistake is told with its line", arguments: mistakes.indices)
    func mistake(_ index: Int) throws {
        let (text, line, words) = LineTableTests.mistakes[index]
        let error = try #require(throws: LineTableError.self) { try LineTable(parsing: Array(text.utf8)) }
        #expect(error.line == line, "\(error.problem)")
        #expect(error.problem.contains(words), "\(error.problem)")
    }

    @Test("a table may hold 512 lockers and no more")
    func bounds() throws {
        func table(_ count: Int) -> LineTable {
            LineTable(
                backend: .gpiod,
                lockers: (0..<count).map {
                    LockerLines(
                        name: "l\($0)",
                        coil: LineAddress(chip: "c", line: "\($0)"),
                        capMilliseconds: 100,
                        restMilliseconds: 0
                    )
                },
                lamps: []
            )
        }
        #expect(try LineTable(parsing: Array(table(512).text.utf8)).lockers.count == 512)
        #expect(throws: LineTableError.self) { try table(513).check() }
    }

    @Test("20,000 damaged tables never trap, and what parses holds together")
    func damaged() throws {
        let seed: UInt64 = 7
        var generator = SeededGenerator(seed: seed)
        let good = Array(fullTable.text.utf8)
        var refused = 0
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: place)
                }
            }
            do {
                let table = try LineTable(parsing: bytes)
                try table.check()
                #expect(try LineTable(parsing: Array(table.text.utf8)) == table, "seed \(seed)")
            } catch { refused += 1 }
        }
        #expect(refused > 5000)
    }
}
