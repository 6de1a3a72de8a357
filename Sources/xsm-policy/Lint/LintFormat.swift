/// How `xsm-policy lint` tells what it found.
enum LintFormat: String, CaseIterable { case text, json, sarif }
