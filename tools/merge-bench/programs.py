#!/usr/bin/env python3
"""Writes two programs to be merged: accounts, lots, transactions and the owners' totals; the same from the same seed.

    tools/merge-bench/programs.py FOLDER [MEMBERS_EACH [TRANSACTIONS_EACH]]    (500,000 and 10 unless given)

Each member has 5 lots; one in five members of the second program is a member of the first. The folder gets the mappings,
the rules and the project file too, so that `lazo apply program.toml` and `lazo merge init project.toml` go on from there.
"""
import os
import random
import sys

GIVEN = "Ana Marta Lucia Elena Pablo Jose Luis Carlos Irene Sara Diego Juan Rosa Nuria Hugo Leo Vera Noa Iker Aitor".split()
SURNAMES = ("Garcia Lopez Perez Ruiz Gil Soto Vidal Pena Rey Cano Mora Vega Leon Cruz Rubio Marin Sanz Nunez Prieto Calvo "
            "Ferrer Duran Pastor Roman Crespo Arias Parra Bravo Rojas Soler").split()
LOTS = 5
COMMON = {
    "program.toml": """[tenant]
code = "bench"
name = "Bench"
country = "ES"
time_zone = "Europe/Madrid"
currency = "EUR"

[[programs]]
code = "one"
currency = "EUR"
time_zone = "Europe/Madrid"

[[programs.point_types]]
code = "points"
value_minor = "1"
expiry = { basis = "earned", term = { months = 24 } }

[[programs.earning_rules]]
code = "base"
point_type = "points"
effect = { type = "points_per_amount", points = 1, per_minor = 100 }
""",
    "rules.toml": """cutover = "2026-01-01T00:00:00Z"
zone = "Europe/Madrid"
controller = "left"

[[conversions]]
source = "left"
point_type = "a"
to = "points"
table = { mode = "flat", rate = "1" }
rounding = "ceil"

[[conversions]]
source = "right"
point_type = "b"
to = "points"
table = { mode = "flat", rate = "13/10" }
rounding = "ceil"

[values]
left = { a = "1" }
right = { b = "13/10" }

[[commitments]]
promise = "no_expiry_sooner"
""",
}


def mappings(source, point_type):
    accounts = f"""kind = "accounts"
source = "{source}"
program = "one"

[fields]
member = "id"
enrolled_at = "since"

[balances]
{point_type} = "balance"

[person]
given_name = "given"
surname = "surname"
surname2 = "surname2"
birth_date = "born"
email = "email"
phone = "phone"
postcode = "postcode"

[tokens]
card = "card"
"""
    lots = f"""kind = "lots"
source = "{source}"
program = "one"

[fields]
member = "id"
lot = "lot"
point_type = {{ constant = "{point_type}" }}
points = "points"
earned_at = "at"
expires_at = "until"
"""
    history = f"""kind = "transactions"
source = "{source}"
program = "one"

[fields]
member = "id"
transaction = "tx"
at = "at"
points = "points"
point_type = {{ constant = "{point_type}" }}
"""
    totals = f"""kind = "totals"
source = "{source}"
program = "one"

[fields]
what = "what"
point_type = "point_type"
value = "value"
"""
    return {"accounts": accounts, "lots": lots, "history": history, "totals": totals}


def person(number):
    r = random.Random(number)
    given, first, second = r.choice(GIVEN), r.choice(SURNAMES), r.choice(SURNAMES)
    born = f"{r.randrange(1940, 2006)}-{r.randrange(1, 13):02}-{r.randrange(1, 29):02}"
    return (given, first, second, born, f"{given}.{first}{number}@example.com".lower(), f"6{number * 7919 % 10**8:08}",
            f"{r.randrange(1000, 53000):05}")


def write(folder, source, point_type, first_person, count, shared, transactions):
    """Writes one program. Answers the points that each of its members has."""
    for kind, text in mappings(source, point_type).items():
        with open(os.path.join(folder, f"{source}-{kind}.toml"), "w") as out:
            out.write(text)
    r = random.Random(source)
    balances = []
    names = [os.path.join(folder, f"{source}-{kind}.csv") for kind in ("accounts", "lots", "history")]
    with open(names[0], "w") as accounts, open(names[1], "w") as lots, open(names[2], "w") as history:
        accounts.write("id,since,balance,given,surname,surname2,born,email,phone,postcode,card\n")
        lots.write("id,lot,points,at,until\n")
        history.write("id,tx,at,points\n")
        for n in range(count):
            who = n * 5 if n < shared else first_person + n
            p = person(who)
            ident = f"{source[0].upper()}{n:07}"
            points = [r.randrange(1, 900) for _ in range(LOTS)]
            balances.append(sum(points))
            accounts.write(f"{ident},2020-01-01T00:00:00Z,{sum(points)},{','.join(p)},{source}{n:09}\n")
            for place, value in enumerate(points):
                month = 1 + (n + place) % 12
                lots.write(f"{ident},{place},{value},2025-{month:02}-11T10:00:00Z,2035-{month:02}-11T10:00:00Z\n")
            for at in range(transactions):
                # Pairs that add up to the lots: what was earned, and a little of it spent again.
                place, spent = at // 2 % LOTS, at % 2
                month, day = 1 + (n + place) % 12, 11 + spent + 2 * (at // 2 // LOTS)
                change = -7 if spent else (points[place] if at < 2 * LOTS else 0) + 7
                history.write(f"{ident},{n}-{at},2025-{month:02}-{day:02}T10:00:00Z,{change}\n")
    with open(os.path.join(folder, f"{source}-totals.csv"), "w") as totals:
        totals.write(f"what,point_type,value\nmembers,,{count}\nlots,,{LOTS * count}\n")
        totals.write(f"available,{point_type},{sum(balances)}\n")
    return balances


def programs(folder, count, transactions):
    """Writes both programs and the project. Answers what must come out, worked out here and nowhere else."""
    os.makedirs(folder, exist_ok=True)
    for name, text in COMMON.items():
        with open(os.path.join(folder, name), "w") as out:
            out.write(text)
    with open(os.path.join(folder, "project.toml"), "w") as out:
        out.write('code = "bench"\nprogram = "one"\nrules = "rules.toml"\nprotected_until = "2027-12-31T00:00:00Z"\n')
        for source in ("left", "right"):
            out.write(f'\n[[sources]]\ncode = "{source}"\n')
            for kind in ("accounts", "lots", "history", "totals"):
                out.write(f'[[sources.files]]\nfile = "{source}-{kind}.csv"\nmapping = "{source}-{kind}.toml"\n')
        out.write('\n[[waves]]\nname = "all"\nkinds = ["single", "matched", "pool", "company", "premium"]\n')
    shared = count // 5
    left = write(folder, "left", "a", 0, count, 0, transactions)
    right = write(folder, "right", "b", 10 * count, count, shared, transactions)
    # One to one on the left; 13 to 10 on the right, rounded up once for each account.
    points = sum(left) + sum(-(-13 * balance // 10) for balance in right)
    return {"members": 2 * count - shared, "accounts": 2 * count, "lots": 2 * LOTS * count, "points": points}


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[2:]]
    print(programs(sys.argv[1], *(given + [500_000, 10][len(given):])))
