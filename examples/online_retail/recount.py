#!/usr/bin/env python3
"""Recounts the points of every customer of online_retail.csv.gz from the rules stated in README.md.

Usage: recount.py FILE > expected.csv        (columns member,earned,available; the figures of the matching on stderr)

Earned is what purchases gave less what returns took back; nothing is redeemed and nothing expires, so all is available.

It shares nothing with the importer: no code, no tables, only the rules.
"""
import csv
import gzip
import sys
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal


def rows_of(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def invoices_of(path):
    """Invoices with a customer, in order of (earliest time, first row): (customer, number, lines)."""
    invoices = {}
    for place, row in enumerate(rows_of(path)):
        if not row["CustomerID"]:
            continue  # nobody to give points to
        invoice = invoices.setdefault(row["InvoiceNo"], {"place": place, "at": row["InvoiceDate"], "lines": []})
        invoice["at"] = min(invoice["at"], row["InvoiceDate"])
        invoice["lines"].append(row)
    ordered = sorted(invoices.items(), key=lambda item: (item[1]["at"], item[1]["place"]))
    return [(invoice["lines"][0]["CustomerID"], number, invoice["lines"]) for number, invoice in ordered]


def pennies(row):
    exact = Decimal(row["UnitPrice"]) * int(row["Quantity"]) * 100
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def largest_remainder(total, weights):
    whole = sum(weights)
    if whole == 0:
        return [total if place == 0 else 0 for place in range(len(weights))]
    parts = [total * weight // whole for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in by_rest[: total - sum(parts)]:
        parts[place] += 1
    return parts


def main(path):
    earned, taken = Counter(), Counter()
    bought = defaultdict(list)  # (customer, product, price) -> lines, the oldest first
    ever = set()  # (customer, product)
    figures = Counter()
    for customer, number, rows in invoices_of(path):
        if not number.startswith("C"):
            nets = [pennies(row) for row in rows]
            points = max(sum(nets), 0) // 100
            earned[customer] += points
            for row, share in zip(rows, largest_remainder(points, [max(net, 0) for net in nets])):
                line = {"quantity": int(row["Quantity"]), "back": 0, "share": share}
                bought[customer, row["StockCode"], Decimal(row["UnitPrice"])].append(line)
                ever.add((customer, row["StockCode"]))
            continue
        for row in rows:
            asked = -int(row["Quantity"])
            lines = bought[customer, row["StockCode"], Decimal(row["UnitPrice"])]
            still = [line for line in lines if line["back"] < line["quantity"]]
            left = sum(line["quantity"] - line["back"] for line in still)
            figures["cancelled lines"] += 1
            if not still:
                known = (customer, row["StockCode"]) in ever
                figures["other price or used up" if known else "never bought"] += 1
            elif left < asked:
                figures["in part"] += 1  # a person decides
            else:
                figures["in full"] += 1
                figures["ambiguous"] += len(still) > 1
                for line in reversed(still):
                    part = min(asked, line["quantity"] - line["back"])
                    before = line["share"] * line["back"] // line["quantity"]
                    line["back"] += part
                    taken[customer] += line["share"] * line["back"] // line["quantity"] - before
                    asked -= part
    print("member,earned,available")
    for customer in sorted(earned.keys() | taken.keys()):
        left = earned[customer] - taken[customer]
        print(f"{customer},{left},{left}")
    for name, count in sorted(figures.items()):
        print(f"{name}: {count}", file=sys.stderr)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
