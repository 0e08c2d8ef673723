// The application identifiers of GS1: which there are, and what their data look like. From the GS1 General
// Specifications, release 25, section 3.2. Left out are those whose data have a form of their own and that never stand
// on a thing to lend: of paper rolls, coupons, patients and payments.

/// What stands behind an application identifier.
struct GS1Format: Sendable {
    /// One part of the data.
    enum Part: Equatable, Sendable {
        /// So many digits.
        case digits(ClosedRange<Int>)
        /// So many characters of GS1's set of 82.
        case characters(ClosedRange<Int>)
        /// Digits of which the last is a check digit.
        case checked(Int)
        /// A date, YYMMDD; day 00 stands for the end of the month.
        case date
        /// A nought that fills up.
        case nought
    }

    let parts: [Part]

    /// The most characters the data may have.
    var maximumCount: Int {
        parts.reduce(0) { sum, part in
            switch part {
            case .digits(let counts), .characters(let counts): sum + counts.upperBound
            case .checked(let count): sum + count
            case .date: sum + 6
            case .nought: sum + 1
            }
        }
    }

    /// Whether data have this form, with check digits and dates right. Only the last part may vary in length.
    func fits(_ data: Substring) -> Bool {
        var rest = data
        for part in parts {
            let piece: Substring
            switch part {
            case .digits(let counts):
                piece = rest.prefix(counts.upperBound)
                guard counts.contains(piece.utf8.count), piece.utf8.allSatisfy(\.isASCIIDigit) else { return false }
            case .characters(let counts):
                piece = rest.prefix(counts.upperBound)
                guard counts.contains(piece.utf8.count), piece.utf8.allSatisfy(Self.isOf82) else { return false }
            case .checked(let count):
                piece = rest.prefix(count)
                guard piece.utf8.count == count, CheckDigit.isRightByGS1(piece) else { return false }
            case .date:
                piece = rest.prefix(6)
                guard Self.isDate(piece) else { return false }
            case .nought:
                piece = rest.prefix(1)
                guard piece == "0" else { return false }
            }
            rest = rest.dropFirst(piece.count)
        }
        return rest.isEmpty
    }

    /// GS1's character set 82: the invariant part of ISO/IEC 646.
    private static func isOf82(_ byte: UInt8) -> Bool {
        byte.isASCIILetterOrDigit || (0x25...0x3f).contains(byte) || [0x21, 0x22, 0x5f].contains(byte)
    }

    private static func isDate(_ text: Substring) -> Bool {
        let values = text.utf8.compactMap { $0.isASCIIDigit ? Int($0 - 0x30) : nil }
        guard text.utf8.count == 6, values.count == 6 else { return false }
        let (year, month, day) = (values[0] * 10 + values[1], values[2] * 10 + values[3], values[4] * 10 + values[5])
        let february = year.isMultiple(of: 4) ? 29 : 28
        let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains(month) && (0...lengths[month - 1]).contains(day)
    }
}

enum GS1Identifiers {
    /// The format of the data behind an identifier, and whether it ends by itself, without a separator.
    static func format(of identifier: some StringProtocol) -> GS1Format? { table[String(identifier)] }

    /// The identifiers that begin so need no separator behind their data: General Specifications, figure 7.8.5-2.
    static func endsByItself(_ identifier: some StringProtocol) -> Bool {
        predefined.contains(String(identifier.prefix(2)))
    }

    private static let predefined: Set<String> = [
        "00", "01", "02", "03", "04", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "31", "32", "33",
        "34", "35", "36", "41",
    ]

    /// All identifiers that can be read.
    static let all = table.keys.sorted()

    /// A line for each identifier or range of them, then what its data are: `n6` six digits, `n..8` one to eight of
    /// them, `x` the same with characters, `[x..17]` none to seventeen, `c14` fourteen digits with a check digit,
    /// `date` a date, `0` a nought.
    private static let text = """
        00 c18
        01-03 c14
        10 x..20
        11-13 date
        15-17 date
        20 n2
        21-22 x..20
        235 x..28
        240-241 x..30
        242 n..6
        243 x..20
        250-251 x..30
        253 c13 [x..17]
        254 x..20
        255 c13 [n..12]
        30 n..8
        3100-3105 n6
        3110-3115 n6
        3120-3125 n6
        3130-3135 n6
        3140-3145 n6
        3150-3155 n6
        3160-3165 n6
        3200-3205 n6
        3210-3215 n6
        3220-3225 n6
        3230-3235 n6
        3240-3245 n6
        3250-3255 n6
        3260-3265 n6
        3270-3275 n6
        3280-3285 n6
        3290-3295 n6
        3300-3305 n6
        3310-3315 n6
        3320-3325 n6
        3330-3335 n6
        3340-3345 n6
        3350-3355 n6
        3360-3365 n6
        3370-3375 n6
        3400-3405 n6
        3410-3415 n6
        3420-3425 n6
        3430-3435 n6
        3440-3445 n6
        3450-3455 n6
        3460-3465 n6
        3470-3475 n6
        3480-3485 n6
        3490-3495 n6
        3500-3505 n6
        3510-3515 n6
        3520-3525 n6
        3530-3535 n6
        3540-3545 n6
        3550-3555 n6
        3560-3565 n6
        3570-3575 n6
        3600-3605 n6
        3610-3615 n6
        3620-3625 n6
        3630-3635 n6
        3640-3645 n6
        3650-3655 n6
        3660-3665 n6
        3670-3675 n6
        3680-3685 n6
        3690-3695 n6
        37 n..8
        3900-3909 n..15
        3910-3919 n3 n..15
        3920-3929 n..15
        3930-3939 n3 n..15
        3940-3943 n4
        3950-3955 n6
        400-401 x..30
        402 c17
        403 x..30
        410-417 c13
        420 x..20
        421 n3 x..9
        422 n3
        424 n3
        426 n3
        427 x..3
        4308 x..30
        4318 x..20
        4319 x..30
        7001 n13
        7002 x..30
        7004 n..4
        7005 x..12
        7006 date
        7008 x..3
        7009 x..10
        7010 x..2
        7020-7022 x..20
        7023 x..30
        7030-7039 n3 x..27
        7041 x..4
        710-717 x..20
        7230-7239 x2 x..28
        7240 x..20
        8002 x..20
        8003 0 c13 [x..16]
        8004 x..30
        8005 n6
        8006 c14 n4
        8007 x..34
        8009 x..50
        8011 n..12
        8012 x..20
        8013 x..25
        8017-8018 c18
        8019 n..10
        8020 x..25
        8026 c14 n4
        90 x..30
        91-99 x..90
        """

    private static let table: [String: GS1Format] = {
        var table: [String: GS1Format] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            let format = GS1Format(parts: words.dropFirst().map(part))
            let ends = words[0].split(separator: "-")
            guard let first = Int(ends[0]), let last = Int(ends[ends.count - 1]), first <= last else {
                preconditionFailure("no identifiers: \(line)")
            }
            for number in first...last {
                let digits = String(number)
                table[String(repeating: "0", count: ends[0].utf8.count - digits.utf8.count) + digits] = format
            }
        }
        return table
    }()

    private static func part(_ word: Substring) -> GS1Format.Part {
        if word == "date" { return .date }
        if word == "0" { return .nought }
        let isOptional = word.first == "["
        let plain = isOptional ? word.dropFirst().dropLast() : word
        let isUpTo = plain.contains(".")
        guard let kind = plain.first, let count = Int(plain.drop { !$0.isNumber }) else {
            preconditionFailure("no format: \(word)")
        }
        let counts = (isOptional ? 0 : isUpTo ? 1 : count)...count
        return kind == "c" ? .checked(count) : kind == "n" ? .digits(counts) : .characters(counts)
    }
}
