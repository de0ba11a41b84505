"""Makes something of everything through the API alone; prints what hooks.py needs to know as JSON."""

import json
import sys
import urllib.error
import urllib.request

base, setup_token = sys.argv[1], sys.argv[2]


def call(token, method, path, body=None, prefix="/api/v1", refused=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    if prefix and path not in ("/setup", "/tenants"):
        headers["lazo-tenant"] = "sol"
    if token:
        headers["authorization"] = "Bearer " + token
    request = urllib.request.Request(base + prefix + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        told = error.read().decode()
        if refused is None or error.code != 422:
            sys.exit(f"{method} {path}: {error.code} {told}")
        return refused(json.loads(told)["errors"])
    return json.loads(text) if text else None


document = call(None, "GET", "/api/openapi.json", prefix="")
program = document["components"]["schemas"]["ProgramDocument"]["examples"][0]
program["transfers"] = {"allowed": True}
program["rewards"].append(
    {"code": "cup", "point_type": "points", "kind": {"type": "product"}, "price": 1}
)

ana = call(None, "POST", "/setup", {"setup_token": setup_token, "login": "ana@example.com", "name": "Ana"})["token"]
call(ana, "POST", "/tenants", {
    "code": "sol", "name": "Sol", "country": "ES", "time_zone": "Europe/Madrid", "currency": "EUR", "sandbox": True,
})
call(ana, "POST", "/brands", {"code": "sol", "name": "Sol"})
call(ana, "POST", "/programs", {"brand": "sol", "document": program})
bea = call(ana, "POST", "/staff", {"login": "bea@example.com", "name": "Bea", "roles": ["program_manager", "finance", "admin"]})
bea_token = call(ana, "POST", f"/staff/{bea['id']}/tokens", {})["token"]
tokens = {"platform": ana, "people": bea_token, "admin": ana}
for role in ["cashier", "agent", "analyst", "program_manager", "finance", "backend"]:
    tokens[role] = call(ana, "POST", "/api-keys", {"name": role, "role": role})["secret"]
shop = tokens["backend"]
call(shop, "POST", "/test-clock", {"to": "2027-03-10T09:00:00Z"})
# Programs are made elsewhere: with several of them every call would have to name one.
call(ana, "POST", "/tenants", {
    "code": "luna", "name": "Luna", "country": "MX", "time_zone": "America/Mexico_City", "currency": "MXN",
})
hook = call(ana, "POST", "/webhook-endpoints", {"url": "http://127.0.0.1:9/hook"})["id"]

members, accounts, purchases, reserved, captured, vouchers, adjustments = [], [], [], [], [], [], []
for n in range(12):
    member = call(shop, "POST", "/members", {"email": f"m{n}@example.com" if n else "ana@example.com"})
    members.append(member["id"])
    accounts.append(member["account"])
    name = member["id"]
    for k in range(3):
        sold = call(shop, "POST", "/purchases", {
            "member": name, "reference": f"p-{n}-{k}",
            "lines": [{"product": "a", "net_minor": 90_000}, {"product": "b", "net_minor": 9_000}],
        })
        purchases.append({"id": sold["id"], "member": name})
    for k in range(4):
        order = {"member": name, "reward": "cup", "reference": f"r-{n}-{k}"}
        reserved.append(call(shop, "POST", "/redemptions", order)["id"])
    got = call(shop, "POST", "/redemptions", {"member": name, "reward": "coffee", "reference": f"c-{n}", "capture": True})
    captured.append(got["id"])
    vouchers.append(got["vouchers"][0]["code"])
    asked = {"member": name, "point_type": "points", "points": 2_000, "reason": "goodwill"}
    for _ in range(3):
        adjustments.append(call(ana, "POST", "/adjustments", asked)["id"])
returned = call(shop, "POST", "/returns", {"member": members[0], "purchase": {"id": purchases[0]["id"]}, "reference": "b-1"})
call(tokens["program_manager"], "PUT", "/programs/club/draft", {"brand": "sol", "document": program | {"name": {"en": "Club"}}})
call(ana, "POST", f"/webhook-endpoints/{hook}/tests", {})
deliveries = call(ana, "GET", f"/webhook-endpoints/{hook}/deliveries")["items"]


# The desk: an entry in each register, made from what the register says of its fields.
def value_of(field, entries):
    kind = field["kind"]
    if kind in ("choice", "choices"):
        return field["choices"][0] if kind == "choice" else field["choices"][:1]
    if kind in ("entry", "entries"):
        there = entries.get(field["of"])
        return None if there is None else there["id"] if kind == "entry" else [there["id"]]
    return {
        "words": "Words", "text": "Text", "lines": ["One"], "whole": 3, "decimal": "1.5", "money": 1000,
        "day": "2027-03-01", "moment": "2027-03-01T10:00:00Z", "yes": False,
    }[kind]


def entry_of(register, filled, entries):
    """An entry; what is needed only because of another field is filled in once the refusal names it."""
    fields = {field["name"]: field for field in register["fields"]}

    def more(errors):
        missing = [error["pointer"][1:] for error in errors if error["code"] == "required"]
        added = {name: value_of(fields[name], entries) for name in missing if name not in filled}
        # The register does not tell the bounds of a number: a small one fits most fields, an hour the others.
        added |= {error["pointer"][1:]: 60 for error in errors if error["code"] == "number"}
        if all(filled.get(name) == value for name, value in added.items()):
            sys.exit(f"{register['code']}: {errors}")
        return entry_of(register, filled | added, entries)

    path = f"/registers/{register['code']}"
    made = call(ana, "POST", path, {"values": filled}, refused=more)
    return made if "values" in made and "entry" in made else {"entry": made, "values": filled}


def entries_of_all(registers):
    made = {}
    for _ in registers:
        for register in registers:
            code = register["code"]
            filled = {field["name"]: value_of(field, made) for field in register["fields"] if field["required"]}
            if code not in made and None not in filled.values():
                done = entry_of(register, filled, made)
                made[code] = {"id": done["entry"]["id"], "values": done["values"]}
    return made


desk = entries_of_all(call(ana, "GET", "/registers")["items"])
requests = []
for kind in ["question", "change", "problem"] * 4:
    requests.append(call(tokens["program_manager"], "POST", "/requests", {"kind": kind, "title": "Why?"})["id"])
report = call(tokens["analyst"], "POST", "/reports", {"from": "2027-02-01", "to": "2027-03-01"})
call(tokens["finance"], "POST", "/kpis/readings", {"is_baseline": True})
kpis = [reading["kpi"] for reading in call(ana, "GET", "/kpis")["items"]]
print(json.dumps({
    "desk": desk, "requests": requests, "report": report["id"], "kpis": kpis,
    "tokens": tokens, "program": program, "members": members, "accounts": accounts, "purchases": purchases,
    "reserved": reserved, "captured": captured, "vouchers": vouchers, "adjustments": adjustments,
    "return": returned["id"], "hook": hook, "delivery": deliveries[0]["id"], "staff": bea["id"],
}))
