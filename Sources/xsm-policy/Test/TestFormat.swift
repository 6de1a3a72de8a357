/// How `xsm-policy test` tells what came of the assertions.
enum TestFormat: String, CaseIterable { case text, json, junit }
