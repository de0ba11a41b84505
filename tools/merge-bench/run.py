#!/usr/bin/env python3
"""Merges two programs end to end and prints what each step takes: seconds, CPU seconds, the most memory.

    tools/merge-bench/run.py FOLDER --lazo PATH --database URL [--members 500000] [--transactions 10] [--export]

The folder is filled by `programs.py` when it is empty of sources. The steps are the commands that people give, each a
process of its own, so memory is what that process held at most; of PostgreSQL the server's own time and memory are not
in it. Ends with 1, and says why, when anything differs from what `programs.py` worked out: members, lots, points, the
report's lines, a statement, the ledger's own check, or a finding of `tools/audit.py`.
"""
import argparse
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import programs  # noqa: E402

AUDIT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "audit.py")
DAY = "2030-01-01T00:00:00Z"


class Bench:
    """Commands given one after the other, and what they took."""

    def __init__(self, lazo, database, folder):
        self.lazo, self.database, self.folder = lazo, database, folder
        self.table = []

    def take(self, name, argv):
        """Runs a command; answers what it printed. A command that fails ends the run."""
        out = os.path.join(self.folder, "said.txt")
        start = time.monotonic()
        with open(out, "wb") as said, open(out + ".err", "wb") as err:
            child = subprocess.Popen(argv, stdout=said, stderr=err, cwd=self.folder)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - start
        if child.returncode:
            with open(out + ".err") as err:
                sys.exit(f"{name}: ended with {child.returncode}: {err.read()[-2000:]}")
        self.table.append((name, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024))
        print("| {} | {:.0f} | {:.0f} | {} |".format(*self.table[-1]), flush=True)
        return out

    def do(self, name, words, who="ana"):
        argv = [self.lazo, "--database", self.database, "--format", "json", "--quiet"]
        return self.take(name, argv + words.split() + (["--as", who] if who else []))

    def told(self, name, words, who="ana"):
        with open(self.do(name, words, who)) as out:
            return json.load(out)


def same(what, is_now, should_be):
    if is_now != should_be:
        sys.exit(f"{what}: {is_now}, and should be {should_be}")


def merge(bench, expected, export):
    """From nothing to two signatures and everybody's statement."""
    members = expected["members"]
    bench.do("apply", "apply program.toml --yes")
    bench.do("init", "merge init project.toml")
    bench.do("profile", "merge profile")
    bench.do(f"map, {expected['accounts']:,} accounts", "merge map")
    bench.do("match", "merge match")
    plan = bench.told(f"dry-run, {members:,} golden members", "merge dry-run")
    same("approvable", plan["approvable"], True)
    bench.do("approve", "merge approve", "eva")
    wave = bench.told(f"run, {members:,} members", "merge run --wave 1")
    same("members posted", wave["posted"], members)
    report = bench.told("reconcile", "merge reconcile --wave 1")
    same("the run's hash", report["report"]["run_hash"], plan["run_hash"])
    differing = [line for line in report["report"]["lines"] if line["difference"] != "0"]
    same("lines that differ", differing, [])
    for who, role in (("fin", "finance_controller"), ("eva", "program_owner")):
        words = f"merge reconcile --wave 1 --sign --role {role} --hash {report['sha256']}"
        bench.do(f"sign, {role}", words, who)
    statements = bench.told("statements of all laid beside the ledger", "merge statement --verify")
    told = [statements[key] for key in ("statements", "wrong", "different")]
    same("statements, wrong, different", told, [members, 0, 0])
    if export:
        bench.do("export", "merge export out")
        said = bench.take("`tools/audit.py`", [sys.executable, "-B", AUDIT, "out"])
        with open(said) as out:
            last = out.read().splitlines()[-1]
        same("audit", last, f"{members} members, {expected['lots']} lots, 0 findings")
    bench.do("verify: the ledger's own check", "verify", None)
    points = 0
    with open(bench.take("balances", [bench.lazo, "--database", bench.database, "--quiet", "--format", "csv",
                                      "balances", "--program", "one", "--at", DAY])) as out:
        next(out)
        points = sum(int(line.rsplit(",", 1)[1]) for line in out)
    same("points of all members", points, expected["points"])
    return plan["run_hash"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--lazo", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--members", type=int, default=500_000)
    parser.add_argument("--transactions", type=int, default=10)
    parser.add_argument("--export", action="store_true", help="write everything out and have tools/audit.py judge it")
    given = parser.parse_args()
    folder = os.path.abspath(given.folder)
    known = os.path.join(folder, "expected.json")
    if not os.path.exists(known):
        made = programs.programs(folder, given.members, given.transactions)
        with open(known, "w") as out:
            json.dump(made, out)
    with open(known) as text:
        expected = json.load(text)
    bench = Bench(os.path.abspath(given.lazo), given.database, folder)
    print("| step | seconds | CPU seconds | memory, MB |\n|---|---|---|---|")
    run = merge(bench, expected, given.export)
    total = [sum(row[at] for row in bench.table) for at in (1, 2)]
    most = max(row[3] for row in bench.table)
    print("| all | {:.0f} | {:.0f} | {} |".format(*total, most))
    print(f"{expected['members']} members, {expected['points']} points as worked out beforehand; run {run}")


if __name__ == "__main__":
    main()
