"""`make audit`: random households through the product and the auditor; every figure of the ledger has to agree."""
import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from . import compare, households
from .life import AMOUNTS, COUNTS

BATCH = 100
SHOWN = 3


def audit(seed, first, count):
    """What a batch of households covered, and the numbers of those that disagree with what they disagree in."""
    seen, found = Counter(), []
    for number in range(first, first + count):
        scenario = households.household(seed, number)
        seen["households"] += 1
        try:
            theirs = compare.product(scenario)
            differences = compare.differences(scenario, theirs)
        except Exception as error:            # a crash of either side is a disagreement, too  # noqa: BLE001
            found.append((number, f"{type(error).__name__}: {error}"))
            continue
        count_in(seen, scenario, theirs)
        if differences:
            found.append((number, compare.first_kind(differences)))
    return seen, found


def count_in(seen, scenario, rows):
    for row in rows.values():
        seen["months"] += 1
        seen["figures"] += len(compare.COLUMNS) - len(compare.KEYS)
        seen["region", row["region"]] += 1
        seen["status", row["status"]] += 1
        seen["year", row["month"][:4]] += 1
        for column in (*AMOUNTS, *COUNTS):
            if row[column]:
                seen["column", column] += 1
    for event in scenario["events"]:
        seen["event", event["type"]] += 1
    for name in scenario.get("rules", ()):
        seen["what-if", name] += 1
    seen["frozen rules"] += "rules_as_of" in scenario
    seen["aid"] += len(scenario["aid"])


def coverage(seen):
    """The summary in lines, and what an honest audit has to have met but this one has not."""
    def of(kind):
        return {key[1]: count for key, count in seen.items() if isinstance(key, tuple) and key[0] == kind}

    lines = [f"{seen['households']:,} households, {seen['months']:,} rows, {seen['figures']:,} figures",
             (f"regions {len(of('region'))} of {len(households.everywhere())}; years {min(of('year'))} to {max(of('year'))}; "
             f"aid {seen['aid']:,}; rules frozen {seen['frozen rules']:,}; "
             f"parameters changed {len(of('what-if'))} of {len(households.WHAT_IFS)}")]
    lines += [f"{kind}: " + ", ".join(f"{name} {count:,}" for name, count in sorted(of(kind).items()))
              for kind in ("status", "event", "column")]
    missing = [*({*AMOUNTS, *COUNTS} - {*of("column")}), *({*households.EVENTS} - {*of("event")}),
               *({"employee", "flexible", "retiree", "resident", "none"} - {*of("status")})]
    return lines, sorted(missing)


def run(seed, count, workers, first=0, progress=None):
    seen, found = Counter(), []
    batches = [(seed, start, min(BATCH, first + count - start)) for start in range(first, first + count, BATCH)]
    with ProcessPoolExecutor(workers) as pool:
        for done, (some, wrong) in enumerate(pool.map(audit, *zip(*batches)), 1):
            seen += some
            found += wrong
            if progress:
                progress(done * BATCH, len(found))
    return seen, found


def main():
    options = argparse.ArgumentParser(prog="make audit", description=__doc__)
    options.add_argument("households", type=int)
    options.add_argument("--seed", default="1")
    options.add_argument("--first", type=int, default=0, help="number of the first household")
    options.add_argument("--workers", type=int, default=2)
    options = options.parse_args()
    began = time.monotonic()

    def progress(done, wrong):
        sys.stderr.write(f"\r{min(done, options.households):,} of {options.households:,} households, {wrong} disagree ")

    seen, found = run(options.seed, options.households, options.workers, options.first, progress)
    sys.stderr.write("\n")
    lines, missing = coverage(seen)
    print(*lines, sep="\n")
    print(f"{time.monotonic() - began:.0f} s, seed {options.seed}; {len(found)} disagree")
    for number, kind in found[:50]:
        print(f"  household {number}: {kind}")
    for number, _ in found[:SHOWN]:
        print(f"\n# household {number}, made as small as it goes")
        show(households.household(options.seed, number))
    if missing:
        print("never met:", ", ".join(missing))
    sys.exit(bool(found or missing))


def show(scenario):
    try:
        smallest = compare.shrunk(scenario)
        print(compare.as_toml(smallest))
        print(*(f"# {difference}" for difference in compare.differences(smallest)[:12]), sep="\n")
    except Exception as error:  # noqa: BLE001
        print(compare.as_toml(scenario))
        print(f"# {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
