/// How `xsm-audit report` tells what it has counted.
enum ReportFormat: String, CaseIterable { case text, json, csv, html }
