// The files of scenarios, and how their mistakes are told.

import Foundation
import Groundwork
import TestSupport

/// A file of scenarios, by what errors call it and by where it is.
struct ScenarioFile: Sendable {
    let name: String
    let path: String

    /// The folder of all scenarios and their houses.
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Scenarios").path

    /// All files of scenarios.
    static var all: [ScenarioFile] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".scenario") }.sorted().map {
            ScenarioFile(name: $0, path: "\(folder)/\($0)")
        }
    }
}

/// All scenarios, with the mistakes that keep others from being played.
struct ScenarioCollection: Sendable {
    private(set) var scenarios: [Scenario] = []
    private(set) var problems: [FileProblem] = []

    static let all = ScenarioCollection(ScenarioFile.all)

    private init(_ files: [ScenarioFile]) {
        for file in files {
            var reader = ScenarioReader(file: file)
            reader.read(fileText(file.path))
            scenarios += reader.scenarios
            problems += reader.problems
        }
    }
}

/// A mistake in a scenario, before it is known where.
struct ScenarioMistake: Error {
    let problem: String
    let remedy: String

    init(_ problem: String, _ remedy: String) { (self.problem, self.remedy) = (problem, remedy) }
}
