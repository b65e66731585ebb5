import ArgumentParser
import Bridge
import BridgeService

/// Cases that users write beside their mappings.
struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Runs cases for mappings: an event in, the requests expected; sends nothing.",
        discussion: """
            A file of cases is YAML or JSON:

              # Beside this file; the destination's two presets if left out.
              mappings: mappings.yaml
              cases:
                - name: A sign-up becomes an event
                  event: {type: track, userId: u1, event: Signed Up}
                  expect:
                    - request:
                        path: events/send
                        body: {userId: u1, eventName: Signed Up}
                - name: Page views are ignored
                  event: {type: page, userId: u1}
                  expect: ignored
                - name: Nobody did it
                  event: {type: track, event: Signed Up}
                  expect:
                    - error: {userId: required}

            'expect' has one element for each mapping that matches, in the order of the mappings: 'request' with 'path', 'body' and, if it \
            matters, 'method'; or 'error' with the fault of each field (required, type, format), or 'error: invalid' for any of these, or \
            'error: mapping' where a directive fails. 'mapping: NAME' beside them says which mapping it has to be. A body has to be the same \
            but for the order of keys; numbers are compared as doubles.

            Exit status: 0 all passed, 1 some failed, 2 a file cannot be used.
            """
    )

    @Argument(help: "Files of cases.", completion: .file()) var files: [String]

    func validate() throws {
        if files.isEmpty { throw ValidationError("Name at least one file of cases.") }
    }

    func run() async throws {
        var suites: [MappingSuite] = []
        var faults: [String] = []
        for file in files {
            switch MappingSuite.load(file) {
            case .success(let suite): suites.append(suite)
            case .failure(let fault):
                // Two files may share a mappings file, whose faults are told once.
                for line in fault.description.split(separator: "\n") where !faults.contains(String(line)) {
                    faults.append(String(line))
                }
            }
        }
        guard faults.isEmpty else {
            for fault in faults { Terminal.printError(fault) }
            throw ExitStatus.unusable
        }
        let report = MappingSuite.run(suites, hasColour: Terminal.hasOutputColour)
        Terminal.write(Array(report.text.utf8))
        if report.failed > 0 { throw ExitStatus.failed }
    }
}
