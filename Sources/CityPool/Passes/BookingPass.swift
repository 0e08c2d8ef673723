// The pass for a booking: signed by the pool, as text, as a QR code and as a page to print. Who has it gets what is booked, so
// it is for whoever hands it on, and stands in no log (rule S10).

import Groundwork
import StationCore

/// A pass that is given out.
struct BookingPass: Sendable {
    /// How it is given out.
    enum Form: String, CaseIterable, Sendable {
        /// The text that a station scans.
        case text
        /// A QR code.
        case svg
        /// A page to print, with the code and what it is for, in German and English.
        case page

        var mediaType: String {
            switch self {
            case .text: "text/plain; charset=utf-8"
            case .svg: "image/svg+xml"
            case .page: "text/html; charset=utf-8"
            }
        }
    }

    let booking: PoolBooking
    /// The text that a station scans.
    let text: String
    /// What people call what is booked.
    let name: LocalizedText
    let zone: TimeZoneTable

    /// The pass for a booking.
    ///
    /// Throws: ``BookingRefusal`` where the booking is for nobody, or not to be fetched any more.
    init(_ basis: PassBasis, key: SigningKey, zone: TimeZoneTable, at now: WallTime) throws {
        let booking = basis.booking
        let state = booking.state(at: now)
        // A room is gone in and out of.
        let isOut = state == .fetched || state == .fetchedLate
        guard state == .booked || isOut && booking.subject.kind == .room, let borrower = booking.borrower else {
            throw BookingRefusal(
                reason: .closed,
                description: "booking \(booking.number) is '\(state.rawValue)': there is no pass for it")
        }
        let resource: Pass.Resource =
            switch booking.subject {
            case .item(let item): .item(item)
            case .category(let category, _): .category(category)
            case .locker(let locker, _), .room(let locker, _): .locker(locker)
            }
        guard let id = BookingID("\(Booking.poolPrefix)\(booking.number)"),
            let pass = Pass(
                key: key.noteKey, nonce: basis.nonce, station: booking.station, resource: resource, borrower: borrower,
                from: booking.from, until: booking.until, booking: id)
        else { throw BookingRefusal.mistaken("a pass can't say the times of booking \(booking.number)") }
        (self.booking, text, name, self.zone) = (booking, try key.sign(pass), basis.name, zone)
    }

    /// The pass in a form.
    func body(_ form: Form) throws -> String {
        switch form {
        case .text: text + "\n"
        case .svg: try QRSymbol(text).svg() + "\n"
        case .page: try page()
        }
    }

    /// What a browser may do with the page: show it, and nothing else.
    static let pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"

    private func page() throws -> String {
        let number = booking.number
        let lines = [
            ("Abholen / Fetch", name.german == name.english ? name.german : "\(name.german) / \(name.english)"),
            ("Station", booking.station.text), ("Von / From", local(booking.from)),
            ("Bis / Until", local(booking.until)),
        ]
        let rows = lines.map { "<tr><th>\(Self.escaped($0))</th><td>\(Self.escaped($1))</td></tr>" }
        return """
            <!DOCTYPE html>
            <html lang="de"><head><meta charset="utf-8"><title>Abholcode / Pass \(number)</title>
            <style>
            body { font: 14pt sans-serif; margin: 15mm } th { text-align: left; padding-right: 8mm; font-weight: normal }
            code { display: block; font-size: 8pt; overflow-wrap: anywhere; width: 120mm } @page { size: A4 }
            </style></head><body>
            <h1>Abholcode / Pass \(number)</h1>
            \(try QRSymbol(text).svg(millimetres: 75))
            <table>\(rows.joined())</table>
            <p>An der Station scannen. Wer diesen Code hat, bekommt, was gebucht ist: nicht weitergeben.</p>
            <p lang="en">Scan it at the station. Whoever has this code gets what is booked: keep it to yourself.</p>
            <code>\(Self.escaped(text))</code>
            </body></html>

            """
    }

    /// A time as people in the house write it: `01.12.2026, 11:00`.
    private func local(_ time: WallTime) -> String {
        let text = time.adding(milliseconds: zone.offsetMilliseconds(at: time)).iso8601
        let parts = text.prefix(10).split(separator: "-")
        return parts.reversed().joined(separator: ".") + ", " + text.dropFirst(11).prefix(5)
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
