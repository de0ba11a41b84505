#!/usr/bin/env python3
"""Checks a merge run without trusting the program that made it.

    python3 tools/audit.py FOLDER --run HASH --snapshot HASH [--skip-hashes] [--limit N]

FOLDER holds the exported snapshots, rules, plan and ledger (docs/guide/merging.md describes the files). Every
conversion, share of rounding, tier, end of life and balance is computed again from the snapshots and the rules alone,
with Python's standard library and no code of the product. Each finding names the file, the line and the numbers.
--run is the hash that was approved (and stands in the signed report), --snapshot the one that was approved with it:
without them the files are only compared with themselves, and that is told.
Exit code 0: everything agrees. 1: there are findings. 2: the folder cannot be read.
"""

import argparse
import collections
import csv
import datetime
import functools
import hashlib
import itertools
import json
import math
import os
import sys
import zoneinfo
from fractions import Fraction

DAY = 86_400_000_000
LATEST = 253_402_207_200_000_000
SNAPSHOT = ["snapshot-members.csv", "snapshot-lots.csv", "snapshot-tiers.csv", "snapshot-orders.csv"]
# What holds a whole member back; of the others the files show whether they are there.
HOLDS = {"balance_differs", "ledger_differs", "duplicate_member", "duplicate_lot", "no_rule", "too_large",
         "impossible_lot", "person_with_company", "deceased", "company_missing", "in_transit",
         "impossible_order"}
# Of equal steps the one that lasts and travels best wins.
STRENGTH = {"lifetime": 5, "earned": 4, "paid": 3, "protected": 2, "matched": 1, "gifted": 0}
PLAN = ["clusters.csv", "journal.csv", "conversions.csv", "compensation.csv", "standings.csv", "counters.csv",
        "vouchers.csv", "orders.csv", "consents.csv", "plans.csv", "pools.csv", "values.csv", "exceptions.csv"]
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)


class Unreadable(Exception):
    """The folder does not hold what it should."""


# ---- Reading ----------------------------------------------------------------------------------


@functools.lru_cache(maxsize=100_000)
def instant(text):
    """Microseconds since 1970 of an RFC 3339 instant; None for the empty text, which is never."""
    if not text:
        return None
    whole, _, fraction = text.rstrip("Z").partition(".")
    when = datetime.datetime.fromisoformat(whole).replace(tzinfo=UTC)
    seconds = (when - EPOCH) // datetime.timedelta(seconds=1)
    return seconds * 1_000_000 + int((fraction + "000000")[:6] or 0)


@functools.lru_cache(maxsize=100_000)
def shown(micros):
    if micros is None:
        return "never"
    return (EPOCH + datetime.timedelta(microseconds=micros)).isoformat().replace("+00:00", "Z")


@functools.lru_cache(maxsize=10_000)
def rate(value):
    return Fraction(str(value))


class Table:
    """A file read row by row, which remembers where it is."""

    def __init__(self, folder, name, needed):
        self.name = name
        path = os.path.join(folder, name)
        self.there = os.path.exists(path)
        self.file = open(path, newline="", encoding="utf-8") if self.there else None
        self.reader = csv.DictReader(self.file) if self.there else None
        if not self.there and needed:
            raise Unreadable(f"{name} is missing")

    def rows(self):
        for row in self.reader or ():
            row["line"] = f"{self.name}:{self.reader.line_num}"
            yield row


class Groups:
    """A file's rows by golden member, in step with the other files: all are in the order of golden members."""

    def __init__(self, audit, folder, name, needed=True):
        self.audit, self.table, self.last = audit, Table(folder, name, needed), None
        key = lambda row: (row["golden_source"], row["golden_member"])
        self.groups = itertools.groupby(self.table.rows(), key)
        self.next = None
        self.advance()

    def advance(self):
        group = next(self.groups, None)
        self.next = (group[0], list(group[1])) if group else None
        if self.next:
            if self.last is not None and self.next[0] <= self.last:
                self.audit.say(self.next[1][0]["line"], "members are not in order", f"after {self.last}", self.next[0])
            self.last = self.next[0]

    def take(self, golden):
        if self.next and self.next[0] == golden:
            rows = self.next[1]
            self.advance()
            return rows
        return []


# ---- Rules ------------------------------------------------------------------------------------


class Calendar:
    """Terms and periods in the program's zone."""

    def __init__(self, name):
        self.zone = UTC if name == "UTC" else zoneinfo.ZoneInfo(name)

    def local(self, micros):
        return (EPOCH + datetime.timedelta(microseconds=micros)).astimezone(self.zone).replace(tzinfo=None)

    def micros(self, local):
        # fold=0 reads a gap as the later and a fold as the earlier of its two readings.
        span = local.replace(tzinfo=self.zone).astimezone(UTC) - EPOCH
        return min(span // datetime.timedelta(microseconds=1), LATEST)

    def after(self, term, micros):
        return self.later(*next(iter(term.items())), micros)

    @functools.lru_cache(maxsize=100_000)
    def later(self, kind, number, micros):
        if kind == "months":
            local = self.local(micros)
            month = local.year * 12 + local.month - 1 + number
            year, month = divmod(month, 12)
            if year > 9999:
                return LATEST
            days = [31, 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28,
                    31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]
            return self.micros(local.replace(year=year, month=month + 1, day=min(local.day, days)))
        return min(micros + number * (DAY if kind == "days" else DAY // 24), LATEST)

    @functools.lru_cache(maxsize=100_000)
    def end(self, period, micros):
        """The first instant after the period that holds `micros`; itself where it begins one."""
        if period == "ever":
            return LATEST
        local = self.local(micros)
        day = local.replace(hour=0, minute=0, second=0, microsecond=0)
        start = {"day": day, "week": day - datetime.timedelta(days=day.weekday()), "month": day.replace(day=1),
                 "quarter": day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
                 "year": day.replace(month=1, day=1)}[period]
        if self.micros(start) == micros:
            return micros
        if period in ("day", "week"):
            return self.micros(start + datetime.timedelta(days=1 if period == "day" else 7))
        months = {"month": 1, "quarter": 3, "year": 12}[period]
        year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
        return self.micros(start.replace(year=year, month=month + 1))


class Rules:
    """The rules of the run, as the document says them."""

    def __init__(self, text):
        self.document = json.loads(text)
        self.cutover = instant(self.document["cutover"])
        self.calendar = Calendar(self.document["zone"])
        self.conversions = {(c["source"], c["point_type"]): c for c in self.document["conversions"]}
        self.expiry = {"grace_days": 180, "never_becomes_months": None, "reinstate_days": 0, "freeze": None,
                       **self.document.get("expiry", {})}
        self.grace = self.cutover + self.expiry["grace_days"] * DAY

    def policy_end(self, to, start, tiers):
        policy = self.document["point_types"].get(to, {}).get("expiry", {})
        if policy.get("basis", "never") == "never" or not policy.get("term"):
            return None
        ends = []
        terms = [policy["term"]]
        for special in policy.get("by_tier", []):
            if tiers.get(special["group"], "") == special["tier"]:
                terms.append(special.get("term"))
        for term in terms:
            if term is None:
                return None
            end = self.calendar.after(term, start)
            period = policy.get("round_up_to")
            ends.append(self.calendar.end(period, end) if period else end)
        return max(ends)

    def end(self, to, earned_at, expires_at, tiers):
        """When a lot must end in the target."""
        if expires_at is None:
            months = self.expiry["never_becomes_months"]
            if months is None:
                return None
            # What never ended gets no less than what did: policy and grace count beside its own term.
            expires_at = self.calendar.after({"months": months}, self.cutover)
        elif self.expiry["freeze"]:
            start, until = (instant(text) for text in self.expiry["freeze"])
            if expires_at > start:
                expires_at = min(expires_at + until - start, LATEST)
        if to not in self.document["point_types"]:
            return None
        basis = self.document["point_types"][to].get("expiry", {}).get("basis", "never")
        policy = self.policy_end(to, self.cutover if basis == "activity" else earned_at, tiers)
        return None if policy is None else max(policy, expires_at, self.grace)

    def gift_end(self, to, tiers):
        policy = self.policy_end(to, self.cutover, tiers)
        return None if policy is None else max(policy, self.grace)

    def value(self, source, point_type):
        value = self.document.get("values", {}).get(source, {}).get(point_type)
        return None if value is None else rate(value)

    def target_value(self, to):
        value = self.document["point_types"].get(to, {}).get("value_minor")
        return None if value is None else rate(value)


def rounded(exact, how):
    if how == "floor":
        return math.floor(exact)
    if how == "ceil":
        return math.ceil(exact)
    if how == "half_even":
        return round(exact)
    # A half goes away from zero.
    return math.floor(exact + Fraction(1, 2)) if exact >= 0 else -math.floor(-exact + Fraction(1, 2))


def own_rate(table, tier, kind, cutover):
    """The rate of a part that converts on its own; None where the whole balance decides."""
    mode = table["mode"]
    if mode == "flat":
        return rate(table["rate"])
    if mode == "by_tier":
        return rate(table["rates"].get(tier, table["otherwise"]))
    if mode == "by_lot_type":
        return rate(table["rates"].get(kind, table["otherwise"]))
    if mode == "by_date":
        past = [period for period in table["periods"] if instant(period["from"]) <= cutover]
        return rate(past[-1]["rate"] if past else table["otherwise"])
    if mode == "value_based":
        return rate(table["from_value_minor"]) / rate(table["to_value_minor"])
    return None


def worth(table, balance):
    """What a whole balance is worth where it decides."""
    mode = table["mode"]
    if mode == "whole_balance_band":
        reached = [band for band in table["bands"] if band["from"] <= balance]
        return balance * rate(reached[-1]["rate"]) if reached else Fraction(0)
    if mode == "marginal_bands":
        tops = [band["from"] for band in table["bands"][1:]] + [balance]
        return sum((max(0, min(top, balance) - band["from"]) * rate(band["rate"])
                    for band, top in zip(table["bands"], tops)), Fraction(0))
    if mode == "level_table":
        below = [level for level in table["levels"] if level["from"] <= balance]
        above = [level for level in table["levels"] if level["from"] > balance]
        exactly = below and below[-1]["from"] == balance
        if table.get("round_up") and not exactly and balance > 0 and above:
            return Fraction(above[0]["gives"])
        return Fraction(below[-1]["gives"]) if below else Fraction(0)
    return Fraction(0)


def debt_rate(table):
    if table["mode"] == "level_table":
        return next((Fraction(level["gives"], level["from"]) for level in table["levels"] if level["from"]), Fraction(1))
    return rate(table["bands"][0]["rate"])


Result = collections.namedtuple("Result", "exact cut left total gift shares points")


def convert(rule, parts, cutover):
    """Converts (points, kind, tier, expires, name) of one member and point type, rounded once."""
    table = rule["table"]
    held = sum(max(0, part[0]) for part in parts)
    stepped = held
    if rule.get("step"):
        size = rule["step"]["points"]
        stepped = (-(-held // size) if rule["step"].get("round_up") else held // size) * size
    whole = worth(table, stepped)
    shares = []
    for points, kind, tier, _, _ in parts:
        own = own_rate(table, tier, kind, cutover)
        if own is not None:
            shares.append(points * own * (Fraction(stepped, held) if points > 0 else 1))
        elif points < 0:
            shares.append(points * debt_rate(table))
        else:
            shares.append(whole * Fraction(points, held) if points else Fraction(0))
    exact, cut = sum(shares, Fraction(0)), Fraction(0)
    positive = sum((share for share in shares if share > 0), Fraction(0))
    if rule.get("cap") and positive > rule["cap"]:
        cut = positive - rule["cap"]
        shares = [share * rule["cap"] / positive if share > 0 else share for share in shares]
    total = rounded(exact - cut, rule.get("rounding", "ceil"))
    points = [math.floor(share) for share in shares]
    order = sorted(range(len(parts)), key=lambda n: parts[n][4])
    order.sort(key=lambda n: (parts[n][3] is None, parts[n][3] or 0), reverse=True)
    order.sort(key=lambda n: shares[n] - points[n], reverse=True)
    for n in order[:total - sum(points)]:
        points[n] += 1
    gift = 0
    if held > 0:
        gift = max(0, (rule.get("min") or 0) - max(total, 0)) + (rule.get("bonus") or 0)
    return Result(exact, cut, held - stepped, total, gift, shares, points)


# ---- The audit --------------------------------------------------------------------------------


class Audit:
    def __init__(self, folder, limit):
        self.folder, self.limit, self.findings = folder, limit, 0
        self.unposted = 0
        self.sums = collections.Counter()
        self.exact = collections.defaultdict(Fraction)
        self.members = self.lots = 0

    def say(self, where, what, expected, actual):
        self.findings += 1
        if self.findings <= self.limit:
            print(f"{where}: {what}: expected {expected}, found {actual}")

    def same(self, where, what, expected, actual):
        if expected != actual:
            self.say(where, what, expected, actual)

    def hashes(self, run, snapshot):
        """Files against their manifests, and the manifests against what was approved."""
        for manifest, names, approved in [("manifest.sha256", ["rules.json", *PLAN], run),
                                          ("snapshot.sha256", SNAPSHOT, snapshot)]:
            path = os.path.join(self.folder, manifest)
            if not os.path.exists(path):
                if manifest == "manifest.sha256" or approved:
                    raise Unreadable(f"{manifest} is missing")
                continue
            with open(path, "rb") as file:
                text = file.read()
            if approved:
                self.same(manifest, "hash that was approved", approved.lower(), hashlib.sha256(text).hexdigest())
            stated = {}
            for line in text.decode().splitlines():
                digest, _, name = line.partition("  ")
                stated[name] = digest
            for name in names:
                digest = hashlib.sha256()
                with open(os.path.join(self.folder, name), "rb") as file:
                    for block in iter(lambda: file.read(1 << 20), b""):
                        digest.update(block)
                self.same(name, "hash of the manifest", stated.get(name), digest.hexdigest())

    def snapshots(self):
        """Accounts, and a checksum of each account's lots, so that memory does not grow with the lots."""
        self.accounts = {}
        self.sums_of_source = collections.Counter()
        for row in Table(self.folder, "snapshot-members.csv", True).rows():
            key = (row["source"], row["member"])
            if key in self.accounts:
                self.say(row["line"], "account is there twice", "once", key)
            self.accounts[key] = (row["status"], row["unit"])
            self.sums_of_source[row["source"], "members", ""] += 1
            self.sums_of_source[row["source"], row["status"], ""] += 1
        self.tiers = collections.defaultdict(list)
        for row in Table(self.folder, "snapshot-tiers.csv", True).rows():
            self.tiers[row["source"], row["member"]].append(row)
            self.sums_of_source[row["source"], "tiers", ""] += 1
        self.orders = collections.defaultdict(list)
        for row in Table(self.folder, "snapshot-orders.csv", True).rows():
            self.orders[row["source"], row["member"]].append(row)
            self.sums_of_source[row["source"], "orders", ""] += 1
        self.checks = collections.Counter()
        self.opening = collections.Counter()
        for row in Table(self.folder, "snapshot-lots.csv", True).rows():
            key = (row["source"], row["member"])
            if key not in self.accounts:
                self.say(row["line"], "account of a lot", "one of snapshot-members.csv", key)
            self.checks[key] += fingerprint(row, row["points"], row["expires_at"])
            points = int(row["points"])
            state = "debt" if points < 0 else row["state"]
            self.opening[row["source"], row["point_type"], state] += points
            self.sums_of_source[row["source"], "lots", ""] += 1
            self.sums_of_source[row["source"], state, row["point_type"]] += points
            self.lots += 1

    def run(self, skip_hashes, run=None, snapshot=None):
        with open(os.path.join(self.folder, "rules.json"), encoding="utf-8") as file:
            self.rules = Rules(file.read())
        if not skip_hashes:
            self.hashes(run, snapshot)
        self.snapshots()
        self.owners()
        clusters = Groups(self, self.folder, "clusters.csv")
        others = {name: Groups(self, self.folder, name) for name in
                  ["journal.csv", "conversions.csv", "compensation.csv", "standings.csv", "counters.csv",
                   "orders.csv", "exceptions.csv"]}
        ledger = Groups(self, self.folder, "ledger-lots.csv", needed=False)
        states = Groups(self, self.folder, "members.csv", needed=False)
        self.placed, journaled = set(), collections.Counter()
        while clusters.next:
            golden, accounts = clusters.next
            clusters.advance()
            rows = {name: group.take(golden) for name, group in others.items()}
            posted = ledger.take(golden) if ledger.table.there else None
            state = states.take(golden)
            if posted is not None and state and state[0]["state"] not in ("posted", "in_part", "unmerged"):
                # Its wave is still to come, or it waits: nothing of it may be in the ledger.
                for row in posted:
                    self.say(row["line"], f"lot of {golden}, who is {state[0]['state']}", "none", row["points"])
                posted = None
                self.unposted += 1
            for row in rows["journal.csv"]:
                journaled[row["source"], row["member"]] += fingerprint(row, row["source_points"], row["expires_before"])
            self.member(golden, accounts, rows, posted)
            self.members += 1
        for group in [*others.values(), ledger, states]:
            if group.next:
                self.say(group.next[1][0]["line"], "golden member", "one of clusters.csv, in order", group.next[0])
        for key in self.accounts:
            if key not in self.placed:
                self.say("clusters.csv", "account without a golden member", "exactly one", key)
        self.incomplete({key for key in self.accounts if self.checks[key] != journaled[key]})
        self.control()

    def incomplete(self, accounts):
        """Names the lots that the journal has otherwise than the snapshot, for the accounts whose checksums differ."""
        if not accounts:
            return
        counts = collections.Counter()
        where = {}
        for name, sign, points, end in [("snapshot-lots.csv", 1, "points", "expires_at"),
                                        ("journal.csv", -1, "source_points", "expires_before")]:
            for row in Table(self.folder, name, True).rows():
                if (row["source"], row["member"]) in accounts:
                    fact = facts(row, row[points], row[end])
                    counts[fact] += sign
                    where[fact] = row["line"]
        for fact, count in counts.items():
            if count:
                what = "lot of the snapshot missing from the journal" if count > 0 else "lot of the journal not in the snapshot"
                self.say(where[fact], what, "once in each", " ".join(part for part in fact if part))

    def member(self, golden, accounts, rows, posted):
        status = accounts[0]["status"]
        moving = set()
        for row in accounts:
            key = (row["source"], row["member"])
            if key in self.placed:
                self.say(row["line"], "account in a second golden member", "exactly one", key)
            self.placed.add(key)
            if key not in self.accounts:
                self.say(row["line"], "account", "one of snapshot-members.csv", key)
            gone = self.accounts.get(key, ("", ""))[0] in ("erased", "closed")
            if gone and row["moves"] == "true":
                self.say(row["line"], "account that is closed or erased", "does not move", "moves")
            if row["moves"] == "true":
                moving.add(key)
            elif not gone and ("erased_returns", *key) not in {
                    (e["code"], e["source"], e["member"]) for e in rows["exceptions.csv"]}:
                self.say(row["line"], "account that is neither closed nor erased", "moves", "does not move, and no exception says why")
        self.status(golden, accounts, rows, moving)
        waits = status == "held_back" or not moving or self.rules.document.get("mode") == "link_only"
        tiers = {} if waits else self.standings(golden, rows, moving)
        mine = {(row["source"], row["member"]) for row in accounts}
        groups = collections.defaultdict(list)
        for row in rows["journal.csv"]:
            key = (row["source"], row["member"])
            if key not in mine:
                self.say(row["line"], "account of a line", f"one of {golden}", key)
            expected = self.disposition(row, key in moving, status)
            if expected == "converts":
                groups[row["source"], row["point_type"]].append(row)
            else:
                self.same(row["line"], "disposition", expected, row["disposition"])
                self.same(row["line"], "points of a lot that does not convert", 0, int(row["points"]))
                self.sums[row["source"], row["point_type"], expected] += int(row["source_points"])
        self.ordered(golden, rows, moving if status != "held_back" else set())
        self.convert(golden, groups, rows, tiers, posted)

    def ordered(self, golden, rows, moving):
        """Every open order of an account that moves comes along once, with the price and the promise that it had."""
        if self.rules.document.get("mode") in ("shared_currency", "link_only"):
            moving = set()
        fields = ("order", "reward", "point_type", "points", "ordered_at", "promised_by", "status")
        promise = lambda row: (row["source"], row["member"], *(row[field] for field in fields))
        due = collections.Counter(promise(row) for key in moving for row in self.orders.get(key, ())
                                  if row["status"] not in ("delivered", "cancelled"))
        for row in rows["orders.csv"]:
            if due[promise(row)] == 0:
                self.say(row["line"], f"order of {golden}", "an open order of the snapshot, as it was", row["order"])
            due[promise(row)] -= 1
        for missing in (name for name, count in due.items() if count > 0):
            self.say("orders.csv", f"order of {golden}", missing[2], "none")

    def status(self, golden, accounts, rows, moving):
        """Whoever waits has a reason that the desk is shown, and the reason is there; whoever has one waits."""
        row, status = accounts[0], accounts[0]["status"]
        stated = {(e["code"], e["source"], e["member"]) for e in rows["exceptions.csv"] if e["code"] in HOLDS}
        found = self.reasons(rows, moving)
        if status == "held_back":
            if not stated:
                self.say(row["line"], f"{golden}, who is held back", "an exception that holds back", "none")
            for code, source, member in stated:
                if code in found and (code, (source, member)) not in found[code]:
                    self.say(row["line"], f"{golden}, who is held back for {code}", "something that is so", f"nothing of {source}/{member}")
            return
        if stated:
            self.say(row["line"], f"{golden} with exceptions that hold back", "held_back", status)
        for code, keys in found.items():
            if keys and self.rules.document.get("mode") != "link_only":
                self.say(row["line"], f"{golden}, of whom {code} is so", "held_back", status)
        of = {self.accounts.get(key, ("", ""))[0] for key in moving}
        expected = ("left" if not moving else "blocked" if "blocked" in of
                    else "quarantined" if "investigated" in of else "active")
        self.same(row["line"], f"status of {golden}", expected, status)

    def reasons(self, rows, moving):
        """Reasons to wait that the snapshots show, each with the accounts it is true of."""
        found = {code: set() for code in
                 ("duplicate_lot", "no_rule", "impossible_lot", "in_transit", "impossible_order", "deceased",
                  "person_with_company")}
        seen = set()
        for row in rows["journal.csv"]:
            key = (row["source"], row["member"])
            if key not in moving:
                continue
            name = (*key, row["lot"], row["state"], row["hold"])
            if name in seen:
                found["duplicate_lot"].add(("duplicate_lot", key))
            seen.add(name)
            points, end = int(row["source_points"]), instant(row["expires_before"])
            state = row["state"]
            odd = (state in ("pending", "held", "in_transit") and points < 0) or (state == "expired" and (points < 0 or end is None))
            if odd or (end is not None and end < instant(row["earned_at"])) or (state == "pending" and not row["release_at"]):
                found["impossible_lot"].add(("impossible_lot", key))
            if state == "in_transit" and points:
                found["in_transit"].add(("in_transit", key))
            if state != "expired" and points and (row["source"], row["point_type"]) not in self.rules.conversions:
                found["no_rule"].add(("no_rule", key))
        for key in moving:
            names = [row["order"] for row in self.orders.get(key, ())]
            sooner = any(row["promised_by"] and instant(row["promised_by"]) < instant(row["ordered_at"])
                         for row in self.orders.get(key, ()))
            if sooner or len(set(names)) < len(names) or any(int(row["points"]) < 0 for row in self.orders.get(key, ())):
                found["impossible_order"].add(("impossible_order", key))
        for key in moving:
            if self.accounts.get(key, ("", ""))[0] == "deceased":
                found["deceased"].add(("deceased", key))
        if len({self.accounts.get(key, ("", ""))[1] for key in moving}) > 1:
            found["person_with_company"].update(("person_with_company", key) for key in moving)
        return found

    def standings(self, golden, rows, moving):
        """The tier on each ladder: the best of what is mapped and what the counters reach, and how long it is kept."""
        document = self.rules.document
        if document.get("mode") in ("shared_currency", "link_only"):
            return {}
        stated = {row["group"]: row for row in rows["standings.csv"]}
        tiers = {}
        for ladder in document.get("ladders", []):
            group = ladder["group"]
            steps = [step[0] for step in ladder["tiers"]]
            held = []
            for key in sorted(moving):
                for row in self.tiers.get(key, ()):
                    for map_ in document.get("tiers", []):
                        if (map_["source"], map_["tier"], map_["group"]) == (key[0], row["tier"], group):
                            to = map_.get("matched_to") if row["provenance"] in ("matched", "gifted") else map_["to"]
                            if to in steps:
                                held.append((steps.index(to), row["provenance"], instant(row["until"])))
                            break
            reached = [max((n for n, step in enumerate(ladder["tiers"]) if int(row["value"]) >= step[1]), default=-1)
                       for row in rows["counters.csv"]
                       if row["group"] == group and (not ladder.get("periods") or row["period"] in ladder["periods"])]
            if max(reached, default=-1) >= 0:
                held.append((max(reached), "earned", None))
            row = stated.pop(group, None)
            if not held:
                if row is not None:
                    self.say(row["line"], f"tier of {golden}", "none", row["tier"])
                continue
            rank, provenance, _ = max(held, key=lambda one: (one[0], STRENGTH[one[1]]))
            tiers[group] = steps[rank]
            if row is None:
                self.say("standings.csv", f"tier of {golden} on {group}", steps[rank], "none")
                continue
            until = max([instant(ladder["protected_until"])] + [end for at, _, end in held if at == rank and end is not None])
            until = None if provenance == "lifetime" else until
            self.same(row["line"], f"tier of {golden}", (steps[rank], provenance), (row["tier"], row["provenance"]))
            self.same(row["line"], f"how long {golden} keeps it", shown(until), shown(instant(row["protected_until"])))
        for row in stated.values():
            self.say(row["line"], f"tier of {golden}", "a ladder of the rules", row["group"])
        return tiers

    def owners(self):
        """Compares what the sources' owners stated, as far as the snapshots here show it, with what is in them."""
        shown_here = {"members", "active", "closed", "blocked", "investigated", "erased", "deceased", "lots", "tiers",
                      "available", "pending", "held", "in_transit", "debt", "expired", "orders"}
        table = Table(self.folder, "stated.csv", False)
        for row in table.rows():
            # What was caught up since the totals were stated is told beside them.
            if row["what"] in shown_here:
                name = f"{row['what']} {row['point_type']}".strip()
                there = self.sums_of_source[row["source"], row["what"], row["point_type"]]
                self.same(row["line"], f"{name} as the owner of {row['source']} stated",
                          int(row["value"]), there - int(row["since"] or 0))

    def disposition(self, row, moves, status):
        expired = row["state"] == "expired"
        if not moves or self.rules.document.get("mode") == "link_only":
            return "expired" if expired else "left"
        if status == "held_back":
            return "expired" if expired else "held_back"
        if expired:
            days = self.rules.expiry["reinstate_days"]
            known = (row["source"], row["point_type"]) in self.rules.conversions
            back = days > 0 and known and instant(row["expires_before"]) >= self.rules.cutover - days * DAY
            return "converts" if back else "expired"
        known = (row["source"], row["point_type"]) in self.rules.conversions
        return "converts" if known else "opens"

    def best_tier(self, rule, key):
        if rule["table"]["mode"] != "by_tier":
            return ""
        rates, otherwise = rule["table"]["rates"], rule["table"]["otherwise"]
        held = sorted({row["tier"] for row in self.tiers.get(key, ())})
        return max(held, key=lambda tier: rate(rates.get(tier, otherwise)), default="")

    def convert(self, golden, groups, rows, tiers, posted):
        stated = {(row["source"], row["point_type"]): row for row in rows["conversions.csv"]}
        openings, results = [], {}
        for name, lines in sorted(groups.items()):
            rule = self.rules.conversions[name]
            parts = []
            for row in lines:
                tier = self.best_tier(rule, (row["source"], row["member"]))
                self.same(row["line"], "tier", tier, row["tier"])
                label = "\x1f".join([row["member"], row["lot"], row["state"], row["hold"]])
                end = instant(row["expires_before"])
                parts.append((int(row["source_points"]), row["kind"], tier, end, label))
            results[name] = convert(rule, parts, self.rules.cutover)
        across = self.rules.document.get("net_debts_across", False)
        for name, result in results.items():
            rule = self.rules.conversions[name]
            apart = not across and result.total < 0 and any(
                (other.total > 0 or other.gift > 0) and self.rules.conversions[them]["to"] == rule["to"]
                and them[0] != name[0] for them, other in results.items())
            disposition = "kept_apart" if apart else "opens"
            self.lines(name, rule, result, groups[name], disposition, tiers, openings)
            row = stated.pop(name, None)
            if row is None:
                self.say("conversions.csv", f"conversion of {golden} {name}", "one line", "none")
                continue
            self.conversion(row, rule, result, groups[name], disposition, tiers, openings)
        for row in stated.values():
            self.say(row["line"], "conversion", "none", f"{row['source']}/{row['point_type']}")
        self.compensation(golden, results, rows, tiers, openings)
        if posted is not None:
            self.posted(golden, openings, posted)

    def lines(self, name, rule, result, lines, disposition, tiers, openings):
        for row, share, points in zip(lines, result.shares, result.points):
            where = row["line"]
            self.same(where, "target", rule["to"], row["to"])
            self.same(where, "exact share", share, Fraction(int(row["exact_num"]), int(row["exact_den"])))
            self.same(where, "points", points, int(row["points"]))
            self.same(where, "disposition", disposition, row["disposition"])
            before = instant(row["expires_before"])
            end = self.rules.end(rule["to"], instant(row["earned_at"]), before, tiers)
            self.same(where, "end", shown(end), shown(instant(row["expires_after"])))
            self.sums[(*name, disposition)] += int(row["source_points"])
            if disposition == "opens" and points:
                state = self.opens_as(row)
                openings.append((rule["to"], state, points, instant(row["earned_at"]), end))

    def opens_as(self, row):
        """What was to be released or to lapse by the cut-over is available, and so is what comes back."""
        release, until = instant(row["release_at"]), instant(row["hold_until"])
        if row["state"] == "pending" and release is not None and release > self.rules.cutover:
            return "pending"
        if row["state"] == "held" and (until is None or until > self.rules.cutover):
            return "held"
        return "available"

    def conversion(self, row, rule, result, lines, disposition, tiers, openings):
        where = row["line"]
        stated = lambda field: Fraction(int(row[field + "_num"]), int(row[field + "_den"]))
        self.same(where, "source points", sum(int(line["source_points"]) for line in lines), int(row["source_points"]))
        self.same(where, "left behind", result.left, int(row["left_behind"]))
        self.same(where, "exact sum", result.exact, stated("exact"))
        self.same(where, "cut by the cap", result.cut, stated("cut"))
        self.same(where, "rounded total", result.total, int(row["points"]))
        rounding = result.total - (result.exact - result.cut)
        self.same(where, "rounding account", rounding, stated("rounding"))
        self.same(where, "gift", result.gift, int(row["gift"]))
        self.same(where, "disposition", disposition, row["disposition"])
        end = self.rules.gift_end(rule["to"], tiers)
        self.same(where, "end of a gift", shown(end), shown(instant(row["gift_expires_at"])))
        if disposition == "opens":
            name = (row["source"], row["point_type"])
            self.exact[(*name, "exact")] += result.exact
            self.exact[(*name, "cut")] += result.cut
            self.exact[(*name, "rounding")] += rounding
            self.sums[(*name, "gifts")] += result.gift
            self.sums[(*name, "converted_in")] += result.total
            if result.gift:
                openings.append((rule["to"], "available", result.gift, self.rules.cutover, end))

    def compensation(self, golden, results, rows, tiers, openings):
        expected = 0
        floor = self.rules.document.get("value_floor")
        opening = [name for name, result in results.items() if not any(
            line["disposition"] == "kept_apart" and (line["source"], line["point_type"]) == name
            for line in rows["journal.csv"])]
        to = None
        if floor is not None and opening:
            before = after = Fraction(0)
            for name in opening:
                value, target = self.rules.value(*name), self.rules.target_value(self.rules.conversions[name]["to"])
                if value is not None and target is not None:
                    before += value * sum(int(row["source_points"]) for row in rows["journal.csv"]
                                          if (row["source"], row["point_type"]) == name and row["disposition"] == "opens")
                    after += target * (results[name].total + results[name].gift)
            to = self.rules.conversions[opening[0]]["to"]
            value = self.rules.target_value(to)
            if value:
                expected = max(0, math.ceil((before * rate(floor) - after) / value))
        stated = rows["compensation.csv"]
        where = stated[0]["line"] if stated else "compensation.csv"
        self.same(where, f"compensation of {golden}", expected, sum(int(row["points"]) for row in stated))
        if expected:
            openings.append((to, "available", expected, self.rules.cutover, self.rules.gift_end(to, tiers)))
            self.sums["", to, "compensation"] += expected

    def posted(self, golden, openings, rows):
        """Compares what must open with what the ledger says it opened. A debt has no dates worth comparing."""
        plain = lambda to, state, points, earned, end: (to, state, points) + ((None, None) if points < 0 else (earned, end))
        expected = collections.Counter(plain(*opening) for opening in openings)
        where = {}
        for row in rows:
            lot = plain(row["point_type"], row["state"], int(row["points"]), instant(row["earned_at"]),
                        instant(row["expires_at"]))
            expected[lot] -= 1
            where[lot] = row["line"]
        for (to, state, points, _, end), count in sorted(expected.items(), key=str):
            lot = f"{points} {to} {state} until {shown(end)}"
            if count > 0:
                self.say(f"ledger-lots.csv of {golden}", "opening lot", lot, "none")
            elif count < 0:
                key = next(key for key in where if key[:3] == (to, state, points) and (points < 0 or key[4] == end))
                self.say(where[key], f"opening lot of {golden}", "none", lot)

    def control(self):
        """Compares control.csv, where it is there, with the sums of this audit."""
        table = Table(self.folder, "control.csv", False)
        for row in table.rows():
            key = (row["source"], row["point_type"])
            stated = Fraction(int(row["num"]), int(row["den"]))
            code = row["code"]
            if code.startswith("opening_"):
                expected = self.opening[(*key, code.removeprefix("opening_"))]
            elif code in ("exact", "cut", "rounding"):
                expected = self.exact[(*key, code)]
            else:
                expected = self.sums[(*key, code)]
            self.same(row["line"], f"control total {code} of {row['source']} {row['point_type']}", expected, stated)

    def report(self):
        for (source, point_type, code), points in sorted(self.sums.items()):
            print(f"{source or 'target'} {point_type} {code} {points}")
        for (source, point_type, code), points in sorted(self.exact.items()):
            print(f"{source} {point_type} {code} {points}")
        if self.unposted:
            print(f"{self.unposted} members are not posted: their lots were not looked for")
        more = f", {self.findings - self.limit} not shown" if self.findings > self.limit else ""
        print(f"{self.members} members, {self.lots} lots, {self.findings} findings{more}")


def facts(row, points, expires_at):
    return tuple(row[field] for field in ["source", "member", "lot", "state", "hold", "point_type", "kind"]) + (
        points, row["earned_at"], expires_at, row["release_at"], row["hold_until"])


def fingerprint(row, points, expires_at):
    text = "\x1f".join(facts(row, points, expires_at))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "big")


def main():
    parser = argparse.ArgumentParser(description="Checks a merge run without trusting the program that made it.")
    parser.add_argument("folder")
    parser.add_argument("--run", metavar="HASH", help="the run's hash, as it was approved and signed")
    parser.add_argument("--snapshot", metavar="HASH", help="the snapshots' hash, as it was approved")
    parser.add_argument("--skip-hashes", action="store_true", help="do not compare files with the manifest")
    parser.add_argument("--limit", type=int, default=50, help="how many findings to print (default 50)")
    arguments = parser.parse_args()
    audit = Audit(arguments.folder, arguments.limit)
    try:
        audit.run(arguments.skip_hashes, arguments.run, arguments.snapshot)
    except (Unreadable, OSError, ValueError, KeyError, zoneinfo.ZoneInfoNotFoundError) as error:
        print(f"audit: {arguments.folder} cannot be read: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    if not (arguments.run and arguments.snapshot) and not arguments.skip_hashes:
        print("no approved hash was given (--run, --snapshot): the files agree or not with themselves alone")
    audit.report()
    return 1 if audit.findings else 0


if __name__ == "__main__":
    sys.exit(main())
