"""Prints what a csi-sanity run counted, from its JUnit report: ran, passed, failed, skipped and why."""

import collections
import sys
import xml.etree.ElementTree as ElementTree

mode, report = sys.argv[1:]
cases = [case for case in ElementTree.parse(report).iter("testcase") if not case.get("name", "").startswith("[BeforeSuite]")
         and not case.get("name", "").startswith("[AfterSuite]") and not case.get("name", "").startswith("[ReportAfterSuite]")]
skipped = collections.Counter()
for case in cases:
    skip = case.find("skipped")
    if skip is not None:
        skipped[(skip.get("message") or "pending").replace("skipped - ", "")] += 1
failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
ran = len(cases) - sum(skipped.values())
print(f"csi-sanity {mode}: {len(cases)} specs, {ran} ran, {ran - failed} passed, {failed} failed, {sum(skipped.values())} skipped")
for reason, count in sorted(skipped.items()):
    print(f"  skipped {count}: {reason}")
if ran == 0:
    sys.exit("csi-sanity: nothing ran")
sys.exit(1 if failed else 0)
