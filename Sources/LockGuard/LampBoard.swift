// What the lamps show. Rhythms run on one clock for all lamps, so that lamps of one rhythm flash together; a value
// that says what is lit now and when that changes, so that the loop sleeps while nothing blinks.

import GuardProtocol

extension LampSignal.Rhythm {
    /// The pattern in milliseconds: its period, and where in it the lamp goes on and off by turns, from on.
    private var pattern: (period: UInt64, turns: [4 of UInt64]) {
        switch self {
        case .steady: (0, [0, 0, 0, 0])
        case .slow: (1000, [0, 500, 1000, 1000])
        case .fast: (250, [0, 125, 250, 250])
        case .double: (1000, [0, 100, 200, 300])
        }
    }

    /// Whether a lamp of this rhythm is lit at an instant.
    func isLit(at instant: UInt64) -> Bool {
        let (period, turns) = pattern
        guard period > 0 else { return true }
        let phase = instant / 1_000_000 % period
        return phase < turns[1] || (turns[2]..<turns[3]).contains(phase)
    }

    /// The next instant at which this rhythm turns a lamp on or off; `nil` where it never does.
    func nextTurn(after instant: UInt64) -> UInt64? {
        let (period, turns) = pattern
        guard period > 0 else { return nil }
        let start = instant / 1_000_000 / period * period
        for index in 1..<4 {
            let turn = (start + turns[index]) * 1_000_000
            if turn > instant { return turn }
        }
        return (start + period) * 1_000_000
    }
}

extension LampSignal.Colour {
    /// Which parts of a lamp mix this colour.
    var parts: LampParts {
        switch self {
        case .off: LampParts()
        case .red: LampParts(red: true)
        case .amber: LampParts(red: true, green: true)
        case .green: LampParts(green: true)
        case .blue: LampParts(blue: true)
        case .white: LampParts(red: true, green: true, blue: true)
        }
    }
}

/// The parts of a lamp that are lit.
struct LampParts: Equatable {
    var red = false
    var green = false
    var blue = false
}

/// The signals of all lamps of a table.
struct LampBoard {
    private var signals: [LampSignal]

    /// A board of dark lamps.
    init(count: Int) { signals = Array(repeating: .dark, count: count) }

    /// Shows a signal on one lamp; `false` where there is no such place.
    mutating func show(_ signal: LampSignal, at place: Int) -> Bool {
        guard signals.indices.contains(place) else { return false }
        signals[place] = signal
        return true
    }

    /// Shows one signal on all lamps.
    mutating func showEverywhere(_ signal: LampSignal) {
        for place in signals.indices { signals[place] = signal }
    }

    /// What is lit of the lamp at a place.
    func parts(at place: Int, at instant: UInt64) -> LampParts {
        let signal = signals[place]
        return signal.rhythm.isLit(at: instant) ? signal.colour.parts : LampParts()
    }

    /// When a lamp next turns on or off by its rhythm; `nil` while no lamp blinks.
    func nextTurn(after instant: UInt64) -> UInt64? {
        var next: UInt64?
        for signal in signals where signal.colour != .off {
            guard let turn = signal.rhythm.nextTurn(after: instant) else { continue }
            next = min(next ?? turn, turn)
        }
        return next
    }
}
