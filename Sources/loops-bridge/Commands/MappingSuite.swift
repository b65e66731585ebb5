import Bridge
import BridgeService
import Destination

/// A file of cases with the mappings that it is about.
struct MappingSuite: Sendable {
    let file: String
    let cases: [MappingCase]
    let destination: Destination

    static func load(_ file: String) -> Result<MappingSuite, CommandInput.Fault> {
        CommandInput.read(file, as: "file of cases").flatMap { bytes in
            // Loaded whatever the cases are like, so that the faults of both are told at once.
            let destination = CommandInput.load(
                path: MappingCases.mappings(in: bytes).map { path(of: $0, besides: file) }
            )
            do {
                let cases = try MappingCases(file: file, bytes: bytes).cases
                return destination.map { MappingSuite(file: file, cases: cases, destination: $0) }
            } catch {
                guard case .failure(let fault) = destination else {
                    return .failure(CommandInput.Fault(description: "\(error)"))
                }
                return .failure(CommandInput.Fault(description: "\(error)\n\(fault)"))
            }
        }
    }

    /// A path in a file is meant from that file's folder.
    private static func path(of name: String, besides file: String) -> String {
        if name.hasPrefix("/") { return name }
        guard let slash = file.lastIndex(of: "/") else { return name }
        return file[...slash] + name
    }

    struct Report: Sendable, Equatable {
        fileprivate(set) var text = ""
        fileprivate(set) var passed = 0
        fileprivate(set) var failed = 0
    }

    /// One line for each case that passes; what is different for each that does not; the counts last.
    static func run(_ suites: [MappingSuite], hasColour: Bool) -> Report {
        var report = Report()
        func coloured(_ text: String, _ code: Int) -> String { hasColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
        for suite in suites {
            for testCase in suite.cases {
                let differences = testCase.differences(by: suite.destination)
                if differences.isEmpty {
                    report.passed += 1
                    report.text += "\(coloured("ok", 32))      \(testCase.name.shown)\n"
                } else {
                    report.failed += 1
                    report.text +=
                        "\(coloured("not ok", 31))  \(testCase.name.shown) (\(suite.file.shown):\(testCase.line))\n"
                    for difference in differences {
                        for line in difference.description.split(separator: "\n") {
                            report.text += "          \(String(line).shown)\n"
                        }
                    }
                }
            }
        }
        report.text += "\(report.passed) passed, \(report.failed) failed\n"
        return report
    }
}
