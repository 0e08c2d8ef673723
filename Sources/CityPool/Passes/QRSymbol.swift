// A text as a QR code (ISO/IEC 18004), drawn as SVG. libqrencode lays it out; here it only gets a form.

import CQRCode
import Glibc

/// Why a text can't be drawn.
struct QRTrouble: Error, CustomStringConvertible {
    var description: String
}

/// The modules of a QR code: dark or light, row by row.
struct QRSymbol: Equatable, Sendable {
    /// How many modules a row has, and how many rows there are.
    let width: Int
    private let isDark: [Bool]

    /// The light margin that readers need on each side, in modules.
    static let quietZone = 4

    /// The symbol of a text. A seventh of it may be dirty or torn (level M).
    ///
    /// Throws: ``QRTrouble`` where the text is empty or too long.
    init(_ text: String) throws {
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else {
            throw QRTrouble(description: "a text of \(text.utf8.count) bytes does not become a QR code: errno \(errno)")
        }
        defer { QRcode_free(code) }
        width = Int(code.pointee.width)
        // The library promises width × width bytes, of which the lowest bit is the module's colour.
        isDark = UnsafeBufferPointer(start: code.pointee.data, count: width * width).map { $0 & 1 == 1 }
    }

    /// Whether a module is dark.
    subscript(row: Int, column: Int) -> Bool { isDark[row * width + column] }

    /// The symbol as SVG, so many millimetres wide with its margin.
    func svg(millimetres: Int = 60) -> String {
        let side = width + 2 * Self.quietZone
        var path = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                let start = column
                while column < width, self[row, column] { column += 1 }
                if column > start {
                    let length = column - start
                    path += "M\(start + Self.quietZone) \(row + Self.quietZone)h\(length)v1h-\(length)z"
                }
                column += 1
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(millimetres)mm" height="\(millimetres)mm" \
            viewBox="0 0 \(side) \(side)" shape-rendering="crispEdges">\
            <path fill="#fff" d="M0 0h\(side)v\(side)H0z"/><path fill="#000" d="\(path)"/></svg>
            """
    }
}
