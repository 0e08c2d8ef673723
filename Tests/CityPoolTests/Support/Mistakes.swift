// What a file of a house is refused for.

import Foundation
import Groundwork

@testable import CityPool

/// What a reader finds wrong, each with its line and its remedy; nothing where all is right.
func mistakes(_ read: () throws -> House) -> [String] {
    do {
        _ = try read()
        return []
    } catch let problems as FileProblems {
        return problems.all.map { "\($0.line ?? 0): \($0.problem). \($0.remedy)" }
    } catch {
        return ["\(error)"]
    }
}

/// What is wrong with a house file.
func mistakes(in yaml: String) -> [String] { mistakes { try HouseYAML.read(Array(yaml.utf8), name: "house") } }
