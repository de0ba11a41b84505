#!/usr/bin/env python3
"""Kills every step of a merge with SIGKILL at random moments, gives it again, and looks for a point made or lost.

    tools/merge-bench/kills.py FOLDER --lazo PATH [--kills 1000] [--workers 16] [--members 200] [--steps run,map]
        [--postgres postgres://user@host:port/postgres]

A merge of two programs is described once, then taken from a copy of that database (SQLite, or PostgreSQL when it is
given) through profile, map, match, dry run, wave, reconciliation and the wave's rollback, again and again, until so many
kills have struck. Whoever was killed left the project in its hold, which lapses by itself: what is given again waits for
that, as people would, which is why many merges go at once. Each must end with the same run hash, the same hash of the
control report, the points worked out by `programs.py`, all statements as the ledger has them, a ledger without a fault,
and nothing left after the rollback. Ends with 1 when one does not.
"""
import argparse
import glob
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import programs  # noqa: E402

DAY = "2030-01-01T00:00:00Z"
HOLD = 10  # seconds until the hold of somebody dead lapses


class Killed(Exception):
    pass


class Merge:
    """One merge in a database of its own."""

    def __init__(self, folder, lazo, database, chance=None, usual=None):
        self.folder, self.lazo, self.database = folder, lazo, database
        # How long each step that is killed takes when nobody kills it.
        self.chance, self.usual = chance, usual or {}
        self.kills = {}

    def give(self, words, who, seconds=None):
        """Gives a command; kills it after so long, unless it ends before."""
        argv = [self.lazo, "--database", self.database, "--quiet", *words.split()]
        argv += [] if "--format" in words else ["--format", "json"]
        argv += ["--as", who] if who else []
        child = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder)
        try:
            out, err = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            out, err = child.communicate()
            if child.returncode == -signal.SIGKILL:
                raise Killed from None
        return child.returncode, out.decode(), err.decode()

    def fine(self, words, who="ana"):
        code, out, err = self.give(words, who)
        if code:
            raise AssertionError(f"{words}: ended with {code}: {err}")
        return json.loads(out) if out.lstrip().startswith(("{", "[")) else out

    def step(self, name, words, who="ana"):
        """A step that is killed once or twice, each time at a random moment of its usual length, and then left alone."""
        waits, struck = 0.0, 0
        for _ in range(self.chance.choice([1, 2, 2]) if name in self.usual else 0):
            after = waits + self.chance.uniform(0, 2 * self.usual[name])
            try:
                code, out, err = self.give(words, who, after)
                return self.done(words, struck, code, out, err)
            except Killed:
                struck += 1
                self.kills[name] = self.kills.get(name, 0) + 1
                waits = HOLD - 0.5
        code, out, err = self.give(words, who)
        return self.done(words, struck, code, out, err)

    @staticmethod
    def done(words, struck, code, out, err):
        # Killed between its last commit and its end: what is given again is told that it was done.
        told = ("(merge_state)", "(merge_decided)", "(merge_moved)")
        if code and struck and any(text in err for text in told):
            return None
        if code:
            raise AssertionError(f"{words}: ended with {code} after {struck} kills: {err}")
        return out

    def points(self):
        out = self.fine(f"balances --program one --at {DAY} --format csv", None)
        return sum(int(line.rsplit(",", 1)[1]) for line in out.splitlines()[1:])


def equal(what, is_now, should_be):
    if is_now != should_be:
        raise AssertionError(f"{what}: {is_now}, and should be {should_be}")


def whole(merge, expected):
    """One merge from its description to its rollback. Answers its hashes."""
    for name in ("profile", "map", "match", "dry-run"):
        merge.step(name, f"merge {name}")
    plan = merge.fine("merge status")["plan"]
    merge.fine("merge approve", "eva")
    merge.step("run", "merge run --wave 1")
    merge.step("reconcile", "merge reconcile --wave 1")
    report = merge.fine("merge reconcile --wave 1")
    differing = [line for line in report["report"]["lines"] if line["difference"] != "0"]
    equal("lines that differ", differing, [])
    equal("members", report["report"]["members"], expected["members"])
    statements = merge.fine("merge statement --verify")
    told = [statements[key] for key in ("statements", "wrong", "different")]
    equal("statements, wrong, different", told, [expected["members"], 0, 0])
    merge.fine("verify", None)
    equal("points", merge.points(), expected["points"])
    request = merge.fine("merge rollback --wave 1")["request"]
    merge.step("rollback", f"merge approve {request}", "eva")
    merge.fine("verify", None)
    equal("points after the rollback", merge.points(), 0)
    return plan["run"], report["sha256"]


class Databases:
    """The described merge, and copies of it."""

    def __init__(self, folder, given):
        self.folder, self.given = folder, given
        self.prefix = f"lazo_kills_{os.getpid()}"
        self.lock = threading.Lock()
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/psql"))
        self.psql = shutil.which("psql") or (found[-1] if found else "psql")

    def sql(self, text):
        with self.lock:
            subprocess.run([self.psql, "-qX", "-v", "ON_ERROR_STOP=1", self.given.postgres, "-c", text], check=True)

    def base(self):
        if self.given.postgres:
            self.sql(f"create database {self.prefix}")
        return self.named("")

    def named(self, name):
        if self.given.postgres:
            return self.given.postgres.rsplit("/", 1)[0] + f"/{self.prefix}{name}"
        return f"sqlite://{self.folder}/kills{name}.db"

    def copy(self, name):
        if self.given.postgres:
            self.sql(f"create database {self.prefix}{name} template {self.prefix}")
        else:
            with sqlite3.connect(f"{self.folder}/kills.db") as base, sqlite3.connect(f"{self.folder}/kills{name}.db") as copy:
                base.backup(copy)
            copy.close()
            base.close()
        return self.named(name)

    def drop(self, name):
        if self.given.postgres:
            self.sql(f"drop database if exists {self.prefix}{name} with (force)")
        else:
            for end in ("", "-wal", "-shm"):
                if os.path.exists(path := f"{self.folder}/kills{name}.db{end}"):
                    os.remove(path)


def usual_seconds(merge, expected):
    """How long each step takes when nobody kills it."""
    usual = {}

    def timed(name, words, who="ana"):
        start = time.monotonic()
        merge.fine(words, who)
        usual[name] = time.monotonic() - start

    merge.step = timed
    hashes = whole(merge, expected)
    return usual, hashes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--lazo", required=True)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--steps", help="those that are killed; all unless given")
    parser.add_argument("--postgres")
    given = parser.parse_args()
    given.lazo = os.path.abspath(given.lazo)
    folder = os.path.abspath(given.folder)
    expected = programs.programs(folder, given.members, 10)
    databases = Databases(folder, given)
    first = Merge(folder, given.lazo, databases.base())
    first.fine("apply program.toml --yes")
    first.fine("merge init project.toml")
    calm = Merge(folder, given.lazo, databases.copy("_calm"))
    usual, hashes = usual_seconds(calm, expected)
    databases.drop("_calm")
    wanted = given.steps.split(",") if given.steps else list(usual)
    print("not killed: " + ", ".join(f"{name} {1000 * took:.0f} ms" for name, took in usual.items()), flush=True)
    usual = {name: usual[name] for name in wanted}
    kills, faults, merges = {}, [], [0]
    lock = threading.Lock()

    def work(number):
        turn = 0
        while sum(kills.values()) < given.kills and not faults:
            turn += 1
            name = f"_{number}_{turn}"
            merge = Merge(folder, given.lazo, databases.copy(name), random.Random(f"{number}/{turn}"), usual)
            try:
                equal("hashes", whole(merge, expected), hashes)
                databases.drop(name)
            except (AssertionError, KeyError, ValueError) as fault:
                faults.append(f"{databases.named(name)}: {fault}")
            with lock:
                merges[0] += 1
                for step, count in merge.kills.items():
                    kills[step] = kills.get(step, 0) + count
                print(f"{sum(kills.values())} kills in {merges[0]} merges", file=sys.stderr, flush=True)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(given.workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    databases.drop("")
    engine = "PostgreSQL" if given.postgres else "SQLite"
    parts = ", ".join(f"{step} {count}" for step, count in sorted(kills.items()))
    print(f"{engine}: {sum(kills.values())} kills ({parts}) in {merges[0]} merges; {len(faults)} faults")
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
