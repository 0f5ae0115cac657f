"""Asks PyPI whether a version that constraints.txt pins has a known weakness. Run by `make dependencies`.

Exit code 0: all were looked up, and none has; 1: some have; 2: it could not be found out, for all or for some.
"""
import json
import subprocess
import sys
from pathlib import Path

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"
COMMAND = [sys.executable, "-m", "pip_audit", "--requirement", str(CONSTRAINTS), "--no-deps", "--disable-pip",
           "--progress-spinner", "off", "--format", "json"]


def main():
    done = subprocess.run(COMMAND, capture_output=True, text=True, check=False)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"could not ask the database of weaknesses:\n{done.stderr.strip()[-500:]}", file=sys.stderr)
        return 2
    weak = [one for one in found if one.get("vulns")]
    for one in weak:
        for weakness in one["vulns"]:
            print(f"{one['name']} {one['version']}: {weakness['id']}, mended in {', '.join(weakness['fix_versions']) or 'no version yet'}")
    unknown = [one["name"] for one in found if "skip_reason" in one]
    print(f"{len(found) - len(unknown)} of {len(found)} dependencies looked up, {len(weak)} with a known weakness")
    if unknown:
        which = "any of them: no way to pypi.org?" if len(unknown) == len(found) else ", ".join(unknown)
        print(f"could not look up {which}", file=sys.stderr)
    return 1 if weak else 2 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
