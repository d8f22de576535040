import Foundation
import MatrixModel

extension CalendarDay {
    /// Today in UTC.
    static func today() throws(SelectorError) -> CalendarDay { try CalendarDay(parsing: Date().formatted(.iso8601).prefix(10)) }
}
