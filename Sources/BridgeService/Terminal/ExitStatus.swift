package import ArgumentParser

/// The exit statuses, as the help names them.
package enum ExitStatus {
    package static let failed = ExitCode(1)
    package static let unusable = ExitCode(2)
    /// Nobody could be reached: sysexits' EX_UNAVAILABLE.
    package static let unreachable = ExitCode(69)

    /// All that a command may end with, for the manual page; docs/reference/exit-status.md says more of each.
    package static let all: [(status: String, meaning: String)] = [
        ("0", "All went well; nothing to do counts as well."),
        ("1", "It was tried and failed, something was left alone, or nothing was found."),
        ("2", "Settings, mappings or other input cannot be used."),
        ("64", "The command line is wrong."),
        ("69", "Nobody could be reached: no bridge, and no Redis to ask instead (status)."),
        ("128 + n", "Ended by signal n; run ends with 0 after SIGTERM and SIGINT."),
        ("141", "Nobody reads the output any more."),
    ]
}
