// What a case says to people: what is the matter, and what to do where the things are.

import StationCore

extension PoolCase {
    /// What is the matter.
    var text: LocalizedText {
        let (german, english) = (thing.german, thing.english)
        switch kind {
        case .openCirculationExists:
            return LocalizedText(
                german: "\(german) ist öfter ausgeliehen, als es da ist: \(list(stations, and: "und")).",
                english: "\(english) is on loan more often than there is of it: \(list(stations, and: "and")).")
        case .routeItem:
            let home = home ?? "?"
            return LocalizedText(
                german: "\(german) gehört nach \(home) und steht in \(place.german).",
                english: "\(english) lives at \(home) and stands in \(place.english).")
        case .circulationNotFound:
            return LocalizedText(
                german: "\(german) kam in \(place.german) zurück, ohne dass es als ausgeliehen geführt wird.",
                english: "\(english) came back in \(place.english), though it is not known to be on loan.")
        case .userNotFound:
            return LocalizedText(
                german: "\(german) ist in \(station) an \(person) ausgeliehen, und das Verzeichnis kennt "
                    + "\(person) nicht.",
                english: "\(english) is on loan at \(station) to \(person), whom the register does not know.")
        case .patronBarred:
            return LocalizedText(
                german: "\(german) ist in \(station) an \(person) ausgeliehen, und \(person) ist gesperrt.",
                english: "\(english) is on loan at \(station) to \(person), who is blocked.")
        case .copyNotFound:
            return LocalizedText(
                german: "In \(place.german) geht es um \(german), und das Verzeichnis hat es nicht.",
                english: "\(english) was at \(place.english), and the register does not have it.")
        case .copyLost:
            return LocalizedText(
                german: "\(german) gilt als verloren und war in \(place.german) in der Hand.",
                english: "\(english) is marked as lost, and was in somebody's hands in \(place.english).")
        case .outcomeUnknown:
            return LocalizedText(
                german: "Was die Tür tat, ist nicht bekannt: \(place.german).",
                english: "What the door did is not known: \(place.english).")
        case .entrySetAside:
            return LocalizedText(
                german: "Der Pool versteht Einträge von \(station) nicht und hat sie beiseitegelegt.",
                english: "The pool does not understand entries of \(station), and has set them aside.")
        case .entryForked:
            return LocalizedText(
                german: "\(station) zeigt eine andere Geschichte, als hier gespeichert ist.",
                english: "\(station) shows another history than the one that is stored here.")
        }
    }

    /// What to do about it.
    var remedy: LocalizedText {
        switch kind {
        case .openCirculationExists:
            LocalizedText(
                german: "Nachsehen, wer es hat. Wer es später auslieh, bekam es: Ausleihen davor beenden "
                    + "(end-older-loans). "
                    + "Ist es bei niemandem zu finden, als verloren führen (mark-lost).",
                english: "See who has it. Who borrowed it later did get it: end the loans before "
                    + "(end-older-loans). Where "
                    + "nobody has it, mark it as lost (mark-lost).")
        case .routeItem:
            LocalizedText(
                german: "Nach \(home ?? "Hause") bringen und dort als zurückgebracht bestätigen, oder hier "
                    + "aufnehmen (accept-here).",
                english: "Bring it to \(home ?? "its home") and confirm it there as returned, or accept it here "
                    + "(accept-here)."
            )
        case .circulationNotFound:
            LocalizedText(
                german: "Nachsehen, ob es da ist: dann ist nichts weiter zu tun. Sonst als verloren führen "
                    + "(mark-lost).",
                english: "See whether it is there: then nothing else is to be done. Else mark it as lost (mark-lost).")
        case .userNotFound:
            LocalizedText(
                german: "Die Person wieder ins Verzeichnis aufnehmen, bis alles zurück ist.",
                english: "Put the person into the register again until all is back.")
        case .patronBarred:
            LocalizedText(
                german: "Mit der Person sprechen. Der Fall schließt sich, wenn es zurück oder die Sperre "
                    + "aufgehoben ist.",
                english: "Talk to the person. The case closes when it is back, or the person is no longer blocked.")
        case .copyNotFound:
            LocalizedText(
                german: "Den Gegenstand ins Verzeichnis aufnehmen, oder sein Etikett abnehmen.",
                english: "Put the item into the register, or take its label off.")
        case .copyLost:
            LocalizedText(
                german: "Es ist wohl wieder da: nachsehen und als gefunden führen (mark-found).",
                english: "It is probably there again: look, and mark it as found (mark-found).")
        case .outcomeUnknown:
            LocalizedText(
                german: "In das Fach sehen und dort \u{201E}leer\u{201C} oder \u{201E}geprüft\u{201C} scannen.",
                english: "Look into the locker, and scan “empty” or “checked” there.")
        case .entrySetAside:
            LocalizedText(
                german: "Ist die Station neuer als der Pool, den Pool aktualisieren. Sonst die Einträge ansehen: "
                    + "GET /v1/stations/\(station)/set-aside.",
                english: "Where the station is newer than the pool, update the pool. Else look at the entries: "
                    + "GET /v1/stations/\(station)/set-aside.")
        case .entryForked:
            LocalizedText(
                german: "Eine Speicherkarte wurde kopiert oder zurückgespielt. Nur eine davon darf laufen; die "
                    + "Station beginnt "
                    + "von selbst ein neues Journal.",
                english: "A memory card was copied or restored. Only one of them may run; the station begins a "
                    + "new journal by "
                    + "itself.")
        }
    }

    /// The stations of its entries, by name.
    private var stations: [String] { Set(causes.map(\.station)).sorted() }

    private var person: String { borrower ?? "?" }

    private var thing: LocalizedText {
        guard let item else { return LocalizedText(german: "Ein Gegenstand", english: "An item") }
        return itemName ?? LocalizedText(item)
    }

    /// Where it is.
    private var place: LocalizedText {
        guard let locker else { return LocalizedText(station) }
        let name = lockerName ?? LocalizedText(german: "Fach \(locker)", english: "locker \(locker)")
        return LocalizedText(german: "\(station), \(name.german)", english: "\(station), \(name.english)")
    }

    private func list(_ names: [String], and: String) -> String {
        guard let last = names.last, names.count > 1 else { return names.joined() }
        return "\(names.dropLast().joined(separator: ", ")) \(and) \(last)"
    }
}

extension PoolCase {
    var json: JSON {
        var object: [String: JSON] = [
            "number": .integer(number), "kind": .string(kind.rawValue), "state": .string(state.rawValue),
            "station": .string(station), "received": .string(received.iso8601), "text": text.json,
            "remedy": remedy.json,
            "actions": .array(kind.actions.map { .string($0.rawValue) }),
            "entries": .array(
                causes.map { .object(["station": .string($0.station), "entry": .string($0.entry)]) }),
        ]
        let details = [
            ("item", item), ("home", home), ("borrower", borrower), ("locker", locker), ("time", time?.iso8601),
            ("takenby", takenBy), ("closedby", closedBy), ("closed", closed?.iso8601), ("action", action?.rawValue),
            ("note", note),
        ]
        for (name, text) in details { if let text { object[name] = .string(text) } }
        return .object(object)
    }
}
