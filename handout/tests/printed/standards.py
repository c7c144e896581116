"""Judges PDFs by ISO 14289-1 (PDF/UA-1) and ISO 19005-2 (PDF/A-2a), each file by both. Prints what fails, a line each."""

import sys

import page

PROFILES = [page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A]

for path in sys.argv[1:]:
    for profile in PROFILES:
        report = page.validate_pdf(path, profile=profile)
        for failure in report.failures:
            print(f"{path}: {profile}: {failure.rule_id}: {failure.message}")
print(f"{len(sys.argv) - 1} files judged")
