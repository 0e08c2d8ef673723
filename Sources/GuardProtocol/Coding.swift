// Messages as frames and back. Decoding is total: any 64 bytes are a message or a ``FrameError``.

extension StationMessage {
    /// This message as a frame.
    public var frame: Frame {
        switch self {
        case .hello(let table):
            var frame = Frame(kind: 1)
            frame[word: 0] = table.value
            return frame
        case .open(let request):
            var frame = Frame(kind: 2)
            frame.place = request.locker
            frame.detail = request.pulseMilliseconds
            frame[word: 0] = request.number
            frame[word: 1] = request.issuedAt
            return frame
        case .lamp(let place, let signal):
            var frame = Frame(kind: 3)
            frame.place = place
            frame.detail = UInt32(signal.colour.rawValue) | UInt32(signal.rhythm.rawValue) << 8
            return frame
        case .heartbeat(let count):
            var frame = Frame(kind: 4)
            frame[word: 0] = count
            return frame
        case .close(let number, let locker):
            var frame = Frame(kind: 5)
            frame.place = locker
            frame[word: 0] = number
            return frame
        }
    }

    /// The message in a frame.
    ///
    /// Throws: ``FrameError`` where the frame is of another version, kind or content.
    public init(_ frame: Frame) throws(FrameError) {
        guard frame.version == protocolVersion else { throw .version(frame.version) }
        switch frame.kind {
        case 1:
            self = .hello(table: TableDigest(frame[word: 0]))
        case 2:
            self = .open(
                OpenRequest(
                    number: frame[word: 0],
                    locker: frame.place,
                    pulseMilliseconds: frame.detail,
                    issuedAt: frame[word: 1]
                )
            )
        case 3:
            guard frame.detail >> 16 == 0,
                let colour = LampSignal.Colour(rawValue: UInt8(truncatingIfNeeded: frame.detail)),
                let rhythm = LampSignal.Rhythm(rawValue: UInt8(truncatingIfNeeded: frame.detail >> 8))
            else { throw .field("signal") }
            self = .lamp(place: frame.place, LampSignal(colour, rhythm))
        case 4:
            self = .heartbeat(count: frame[word: 0])
        case 5:
            self = .close(frame[word: 0], locker: frame.place)
        default:
            throw .kind(frame.kind)
        }
    }
}

extension GuardMessage {
    /// This message as a frame.
    public var frame: Frame {
        switch self {
        case .welcome(let table):
            var frame = Frame(kind: 65)
            frame[word: 0] = table.value
            return frame
        case .unwelcome(let reason, let table):
            var frame = Frame(kind: 66)
            frame.detail = UInt32(reason.rawValue)
            frame[word: 0] = table.value
            return frame
        case .accepted(let number, let locker, let instant):
            return Frame(kind: 67, locker: locker, detail: 0, number, instant)
        case .refused(let number, let locker, let reason):
            return Frame(kind: 68, locker: locker, detail: UInt32(reason.rawValue), number, 0)
        case .released(let number, let locker, let instant, let reason):
            return Frame(kind: 69, locker: locker, detail: UInt32(reason.rawValue), number, instant)
        case .door(let locker, let level, let instant):
            return Frame(kind: 70, locker: locker, detail: UInt32(level.rawValue), 0, instant)
        case .lineFault(let locker, let fault, let systemError):
            let error = UInt64(UInt32(bitPattern: systemError))
            return Frame(kind: 71, locker: locker, detail: UInt32(fault.rawValue), error, 0)
        case .lineBack(let locker):
            return Frame(kind: 72, locker: locker, detail: 0, 0, 0)
        case .heartbeat(let count):
            return Frame(kind: 73, locker: 0, detail: 0, count, 0)
        case .watched(let place, let isActive, let instant):
            return Frame(kind: 74, locker: place, detail: isActive ? 1 : 0, 0, instant)
        case .sensorUnsteady(let contact, let isUnsteady):
            return Frame(kind: 75, locker: contact, detail: isUnsteady ? 1 : 0, 0, 0)
        }
    }

    /// The message in a frame.
    ///
    /// Throws: ``FrameError`` where the frame is of another version, kind or content.
    public init(_ frame: Frame) throws(FrameError) {
        guard frame.version == protocolVersion else { throw .version(frame.version) }
        let (locker, number, instant) = (frame.place, frame[word: 0], frame[word: 1])
        switch frame.kind {
        case 65:
            self = .welcome(table: TableDigest(number))
        case 66:
            self = .unwelcome(try Self.choice(frame, "reason"), table: TableDigest(number))
        case 67:
            self = .accepted(number, locker: locker, at: instant)
        case 68:
            self = .refused(number, locker: locker, try Self.choice(frame, "reason"))
        case 69:
            self = .released(number, locker: locker, at: instant, try Self.choice(frame, "reason"))
        case 70:
            self = .door(locker: locker, try Self.choice(frame, "level"), at: instant)
        case 71:
            let error = Int32(bitPattern: UInt32(truncatingIfNeeded: number))
            self = .lineFault(locker: locker, try Self.choice(frame, "fault"), systemError: error)
        case 72:
            self = .lineBack(locker: locker)
        case 73:
            self = .heartbeat(count: number)
        case 74:
            self = .watched(place: locker, isActive: try Self.flag(frame), at: instant)
        case 75:
            self = .sensorUnsteady(contact: locker, try Self.flag(frame))
        default:
            throw .kind(frame.kind)
        }
    }

    private static func flag(_ frame: Frame) throws(FrameError) -> Bool {
        guard frame.detail <= 1 else { throw .field("flag") }
        return frame.detail == 1
    }

    private static func choice<Choice: RawRepresentable<UInt8>>(
        _ frame: Frame, _ name: String
    ) throws(FrameError) -> Choice {
        guard let raw = UInt8(exactly: frame.detail), let choice = Choice(rawValue: raw) else { throw .field(name) }
        return choice
    }
}

extension Frame {
    fileprivate init(kind: UInt8, locker: UInt16, detail: UInt32, _ first: UInt64, _ second: UInt64) {
        self.init(kind: kind)
        place = locker
        self.detail = detail
        self[word: 0] = first
        self[word: 1] = second
    }
}
