// The addresses that say what is available, to anybody: as JSON, and as calendars to subscribe to. No person is in them.

import Groundwork
import Hummingbird
import StationCore

extension PoolRoutes {
    /// The most items of one answer.
    static let itemsAtOnce: UInt64 = 100

    func addAvailability(to router: Router<PoolContext>) {
        router.get("v1/availability") { request, _ in try await getAvailability(request) }
        router.get("v1/items/:item/calendar") { request, context -> Response in
            guard let id = context.parameters.get("item").flatMap({ ItemID($0) }) else {
                throw Problem.notFound("The register has no such item.")
            }
            return try await calendar(request) { $0.calendar(of: id) }
        }
        router.get("v1/stations/:id/calendar") { request, context -> Response in
            guard let id = context.parameters.get("id").flatMap({ StationID($0) }) else {
                throw Problem.notFound("The register has no such station.")
            }
            return try await calendar(request) { $0.calendar(of: id) }
        }
    }

    private func basis() async throws -> AvailabilityBasis {
        guard let basis = try await pool.availability.basis(at: pool.now) else {
            throw Problem.noRegister("Load one with 'city-pool register load FILE'.")
        }
        return basis
    }

    private func calendar(
        _ request: Request, _ make: (AvailabilityCalendars) -> CalendarFile?
    ) async throws -> Response {
        let language = request.uri.queryParameters.get("lang") ?? "de"
        guard ["de", "en"].contains(language) else { throw Problem.unreadable("'lang' is 'de' or 'en'.") }
        return try await publicGate.pass {
            let calendars = AvailabilityCalendars(
                basis: try await basis(), zone: pool.zone, domain: try await pool.key()?.noteKey.name ?? "pool.invalid",
                isGerman: language == "de")
            guard let calendar = make(calendars) else {
                throw Problem.notFound("The register has nothing of this name.")
            }
            return Response(calendar.bytes, type: CalendarFile.mediaType)
        }
    }

    private func getAvailability(_ request: Request) async throws -> Response {
        let query = request.uri.queryParameters
        let item: ItemID? = try query.identifier("item")
        let category: Identifier<Policy>? = try query.identifier("category")
        let station: StationID? = try query.identifier("station")
        let after: ItemID? = try query.identifier("after")
        let limit = Int(try query.number("limit", 1...Self.itemsAtOnce) ?? Self.itemsAtOnce)
        return try await publicGate.pass {
            let basis = try await basis()
            let window = try window(query, today: pool.zone.local(basis.at).date)
            let places = basis.stock.items.values.filter { place in
                (item == nil || place.item.id == item) && (category == nil || place.item.category == category?.text)
                    && (station == nil || place.station == station) && after.map { place.item.id > $0 } ?? true
            }.sorted { $0.item.id < $1.item.id }.prefix(limit)
            var object: [String: JSON] = [
                "at": .string(basis.at.iso8601), "from": .string(window.first.iso8601),
                "days": .integer(Int64(window.count)),
                "items": .array(places.map { basis.json(of: $0, window, in: pool.zone) }),
            ]
            if places.count == limit, let last = places.last { object["next"] = .string(last.item.id.text) }
            return .json(.object(object))
        }
    }

    private func window(_ query: Parameters, today: CivilDate) throws -> DayWindow {
        let count = Int(try query.number("days", 1...UInt64(DayWindow.mostDays)) ?? 7)
        guard let text = query.get("from") else { return DayWindow(first: today, count: count) }
        let latest = today.daysSince1970 + DayWindow.furthestDays
        guard let date = CivilDate(iso8601: text), (today.daysSince1970...latest).contains(date.daysSince1970) else {
            throw Problem.unreadable("'from' is a day such as 2027-12-31, from today on.")
        }
        return DayWindow(first: date, count: count)
    }
}

extension AvailabilityBasis {
    /// What is available of an item, as JSON.
    func json(of place: House.Place, _ window: DayWindow, in zone: TimeZoneTable) -> JSON {
        let item = place.item
        func time(_ from: WallTime, _ until: WallTime) -> [String: JSON] {
            ["from": .string(from.iso8601), "until": .string(until.iso8601)]
        }
        let spans = spans(of: item, in: window.bounds(in: zone, at: at)).map { span -> JSON in
            .object(time(span.from, span.until).merging(["pieces": .integer(Int64(span.pieces))]) { $1 })
        }
        let days = days(of: item, at: place.station, window, in: zone).map { day -> JSON in
            var object: [String: JSON] = [
                "date": .string(day.date.iso8601), "pieces": .integer(Int64(day.pieces)),
            ]
            if let open = day.open {
                object["open"] = .array(open.map { .object(time($0.lowerBound, $0.upperBound)) })
            }
            return .object(object)
        }
        return .object([
            "id": .string(item.id.text), "name": item.name.json, "category": .string(item.category),
            "station": .string(place.station.text), "quantity": .integer(Int64(item.quantity)),
            "lendable": .boolean(item.isLendable),
            "condition": .string((conditions[item.id] ?? .sound).rawValue),
            "terms": publicTerms(of: place),
            "free": .array(spans), "days": .array(days),
        ])
    }

    /// What anybody may know of the rules for an item: not, say, from which value on a PIN is asked for.
    private func publicTerms(of place: House.Place) -> JSON {
        let station = house.stations.first { $0.id == place.station }
        let policy = station.map { house.policy(at: $0) } ?? house.policy
        let terms = LendingRule(terms: policy.terms(for: place.item, nil)).json.object ?? [:]
        let known = ["days", "until", "renewals", "minimum-age", "qualification", "confirmation", "deposit"]
        return .object(terms.filter { known.contains($0.key) })
    }
}
