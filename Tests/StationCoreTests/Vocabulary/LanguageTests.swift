// Languages by their tags, and which name of a thing goes with which.

import Testing

@testable import StationCore

@Suite("Languages")
struct LanguageTests {
    @Test(
        "a tag is a language, then script, region and variants, and is written one way",
        arguments: [
            ("de", "de"), ("EN", "en"), ("de-simple", "de-simple"), ("DE-Simple", "de-simple"), ("pt-br", "pt-BR"),
            ("zh-HANT-tw", "zh-Hant-TW"), ("es-419", "es-419"), ("sl-IT-nedis", "sl-IT-nedis"), ("ckb", "ckb"),
            ("de-1901", "de-1901"), ("de-DE-1901-simple", "de-DE-1901-simple"),
        ])
    func tags(_ text: String, _ tag: String) {
        #expect(Language(text)?.tag == tag)
        #expect(Language(text) == Language(tag))
    }

    @Test(
        "what has not that shape is no tag",
        arguments: [
            "", "d", "germ", "de_DE", "de-", "-de", "de--DE", "de-DE-Latn", "de-simple-DE", "de-x-home", "de-u-nu-arab",
            "dé", "d1", "de-ä", "de-12345678a", "de-abc", "de-simple-simple-simple-simple-simple-x",
            "de-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd",
        ])
    func strange(_ text: String) { #expect(Language(text) == nil) }

    @Test("names are English in English, German in all other languages, because the labels are")
    func names() throws {
        let name = LocalizedText(german: "Säge", english: "Saw")
        for tag in ["en", "en-GB"] { #expect(name[try #require(Language(tag))] == "Saw") }
        for tag in ["de", "de-simple", "ar", "uk", "enm"] { #expect(name[try #require(Language(tag))] == "Säge") }
    }
}
