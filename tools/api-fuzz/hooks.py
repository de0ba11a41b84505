"""Gives most of schemathesis' calls a caller who may make them and names of things that are there.

What a call does away with (a member, a key) is made for it just before. One call in four stays as it was generated.
"""

import json
import os
import random
import threading

import requests
import schemathesis

WORLD = json.load(open(os.environ["FUZZ_WORLD"]))
SEEN = open(os.environ["FUZZ_SEEN"], "a", buffering=1)
SEEN_ERRORS = open(os.environ["FUZZ_SEEN"] + ".errors", "a", buffering=1)
DICE = random.Random(7)
LOCK = threading.Lock()
COUNT = iter(range(1, 10**9))
ROLES = ["backend", "admin", "agent", "cashier", "program_manager", "finance", "analyst", "platform"]


def fresh(prefix):
    with LOCK:
        return f"{prefix}-{next(COUNT)}"


def base(case):
    return case.operation.base_url.split("/api/")[0].rstrip("/")


def make(case, method, path, body):
    who = "backend" if path == "/redemptions" else "admin"
    headers = {"authorization": "Bearer " + WORLD["tokens"][who], "lazo-tenant": "sol"}
    answer = requests.request(method, base(case) + "/api/v1" + path, json=body, headers=headers, timeout=30)
    if answer.status_code >= 300:
        print("prepared in vain:", method, path, answer.text, file=SEEN_ERRORS)
        return {"id": "none"}
    return answer.json() if answer.content else {}


def new_member(case):
    email = fresh("new") + "@example.com"
    return make(case, "POST", "/members", {"email": email})["id"]


def desk():
    """What the partner's desk is asked about: a register, and an entry of that register."""
    there = WORLD["desk"]
    register = DICE.choice(list(there))
    return {
        "register": register, "entry": there[register]["id"], "kpi": DICE.choice(WORLD["kpis"]),
        "function": DICE.choice(["finance", "technology", "operations", "marketing", "crm", "merchandising"]),
        "request": DICE.choice(WORLD["requests"]), "report": WORLD["report"], "date": "2027-03-01",
        "question": DICE.choice(["history", "metrics", "tactics", "competitors", "goals", "constraints"]),
        "tactic": there["tactics"]["id"], "workshop": there["workshops"]["id"],
        "point": there["integration_points"]["id"],
    }


def ids(case):
    """Path parameters that lead somewhere."""
    path, method = case.operation.path, case.operation.method.upper()
    pick = DICE.choice
    sale = pick(WORLD["purchases"])
    found = {
        "account": pick(WORLD["accounts"]), "adjustment": pick(WORLD["adjustments"]), "api_key": None, "brand": "sol",
        "code": pick(WORLD["vouchers"]), "event": sale["id"], "member": pick(WORLD["members"]), "program": "club",
        "purchase": sale["id"], "redemption": pick(WORLD["reserved"]), "return": WORLD["return"], "reward": "coffee",
        "staff": WORLD["staff"], "version": 1, "webhook_delivery": WORLD["delivery"], "webhook_endpoint": WORLD["hook"],
    } | desk()
    names = case.path_parameters or {}
    if "api_key" in names:
        found["api_key"] = make(case, "POST", "/api-keys", {"name": "short", "role": "analyst"})["id"]
    if "member" in names and (method == "DELETE" or path.endswith(("/identifiers", "/tokens"))):
        found["member"] = new_member(case)
    if path.endswith("/use"):
        order = {"member": found["member"], "reward": "coffee", "reference": fresh("v"), "capture": True}
        issued = make(case, "POST", "/redemptions", order).get("vouchers")
        found["code"] = issued[0]["code"] if issued else found["code"]
    if "staff" in names and method != "GET":
        login = fresh("s") + "@example.com"
        found["staff"] = make(case, "POST", "/staff", {"login": login, "name": "S", "roles": ["analyst"]})["id"]
    if "entry" in names and method != "GET":
        register = found["register"]
        entry = {"values": WORLD["desk"][register]["values"]}
        found["entry"] = make(case, "POST", "/registers/" + register, entry).get("id", found["entry"])
    if "request" in names and "project" not in names and method != "GET":
        kind = "question" if path.endswith("/close") else "change"
        asked = {"kind": kind, "title": fresh("Why")}
        found["request"] = make(case, "POST", "/requests", asked).get("id", found["request"])
    if path.endswith("{webhook_endpoint}") and method == "DELETE":
        found["webhook_endpoint"] = make(case, "POST", "/webhook-endpoints", {"url": "http://127.0.0.1:9/x"})["id"]
    if path.endswith("/draft/publish") or method == "DELETE" and path.endswith("/draft"):
        document = WORLD["program"] | {"name": {"en": fresh("Club")}}
        make(case, "PUT", "/programs/club/draft", {"brand": "sol", "document": document})
    if path.endswith(("/cancel", "/capture")):
        order = {"member": found["member"], "reward": "cup", "reference": fresh("r")}
        found["redemption"] = make(case, "POST", "/redemptions", order).get("id", found["redemption"])
    if path.endswith(("/approve", "/reject")):
        asked = {"member": found["member"], "point_type": "points", "points": 1500, "reason": "goodwill"}
        found["adjustment"] = make(case, "POST", "/adjustments", asked).get("id", found["adjustment"])
    return {name: found[name] for name in names if found.get(name) is not None}


def likely(body, path):
    """Fields of a body that name something, filled with what is there."""
    sale = DICE.choice(WORLD["purchases"])
    known = {
        "member": sale["member"], "from": sale["member"], "to": DICE.choice(WORLD["members"]), "program": "club",
        "point_type": "points", "reference": fresh("f"), "reward": "cup", "reason": "goodwill", "group": "level",
        "tier": "silver", "currency": "EUR", "at": None, "brand": "sol", "hold_until": None, "until": None,
        "attributes": {}, "effective_from": None, "url": "http://127.0.0.1:9/" + fresh("h"),
        "redemption": DICE.choice(WORLD["reserved"]), "provenance": "gifted", "email": fresh("e") + "@example.com",
        "phone": None, "identifiers": [], "kind": None, "locale": None, "scopes": None, "expires_at": None,
        "country": "ES", "time_zone": "Europe/Madrid", "locales": ["es-ES"], "login": fresh("l") + "@example.com",
        "quantity": 1, "pay_minor": None, "events": ["points.*"], "numbers": {}, "value": fresh("v"),
        "legal_entity": None, "member_attributes": {},
        "scheme": "card", "role": "analyst", "days": 1, "points": 5,
    }
    if path.endswith(("/measures/simulations", "/measures/observations", "/reports")):
        known |= {"from": "2027-02-01", "to": "2027-03-01"}
    if "/registers/" in path:
        known |= {"revision": 1}
    if "/requests" in path and "/integration-projects" not in path:
        known |= {"kind": "question", "title": fresh("Why"), "body": "B", "priority": "normal", "kpi": None}
    if path.endswith("/discovery/forms"):
        known |= {"register": "history", "days": 7}
    if "/votes/" in path:
        known |= {"vote": 3}
    if path.endswith("/workspace/people/{staff}"):
        known |= {"side": "client", "duty": "engineer", "away_until": None, "deputy": None, "phone": "600 200 102"}
    if path.endswith("/decisions"):
        known |= {"function": "finance", "approved": True, "sha256": "0" * 64}
    filled = dict(body)
    for name in body:
        if name == "brand":
            filled[name] = None if path.endswith("/programs") else "sol"
        elif name == "document":
            filled[name] = dict(WORLD["program"])
            if path.endswith("/programs"):
                filled[name]["code"] = fresh("club")
        elif name == "lines":
            filled[name] = [{"product": "a", "net_minor": 1_000}]
        elif name == "purchases":
            filled[name] = [likely({"member": 0, "reference": 0, "lines": 0}, path) | {"at": "2027-03-10T08:00:00Z"}]
        elif name == "code" and not path.endswith("/use"):
            filled[name] = "sol" if path.endswith("/tenant") else fresh("c")
        elif name == "sandbox" and path.endswith("/tenant"):
            filled[name] = True
        elif name == "purchase" and path.endswith("/void"):
            filled[name] = sale["id"]
        elif name == "purchase" and "returns" in path or name == "purchase" and path.endswith("/return"):
            filled[name] = {"id": sale["id"]}
            filled["member"] = sale["member"]
        elif name == "purchase":
            filled[name] = likely({"member": 0, "reference": 0, "lines": 0}, path)
            filled.pop("redemption", None)
        elif name == "name":
            filled[name] = "review" if path.endswith("/events") else "N"
        elif name in known:
            filled[name] = known[name]
    if "to" in filled and "days" in filled:
        del filled["to"]
    if path.endswith("/test-clock"):
        filled = {"days": 1}
    if path.endswith("/pos/commit"):
        filled.pop("redemption", None)
    if "returns" in path or path.endswith("/return"):
        filled["lines"] = [{"line": 0, "quantity_milli": 1}]
    if path.endswith("/examine"):
        filled.pop("name", None)
    return {name: value for name, value in filled.items() if value is not None}


def caller(operation):
    who = operation.definition.raw.get("x-roles", [])
    if "anybody" in who:
        return None
    if any(w.startswith("(people only") for w in who) or operation.path.endswith(("/approve", "/reject")):
        return WORLD["tokens"]["people"]
    return next((WORLD["tokens"][role] for role in ROLES if role in who), WORLD["tokens"]["admin"])


@schemathesis.hook
def before_call(context, case, kwargs):
    token = caller(case.operation)
    if token:
        case.headers["authorization"] = "Bearer " + token
    if DICE.random() < 0.25:
        return
    # Whoever runs the installation belongs to every tenant made on the way.
    elsewhere = case.operation.method.upper() == "POST" and case.operation.path.endswith("/programs")
    case.headers["lazo-tenant"] = "luna" if elsewhere else "sol"
    if elsewhere:
        case.headers["authorization"] = "Bearer " + WORLD["tokens"]["admin"]
    case.headers.pop("idempotency-key", None)
    if case.path_parameters:
        case.path_parameters.update(ids(case))
    if isinstance(case.body, dict):
        case.body = likely(case.body, case.operation.path)
    if case.operation.path.endswith("/identifiers/remove") and isinstance(case.body, dict):
        known = {"scheme": "card", "value": fresh("gone")}
        make(case, "POST", f"/members/{case.path_parameters['member']}/identifiers", known)
        case.body = known
    register = (case.path_parameters or {}).get("register")
    if isinstance(case.body, dict) and "values" in case.body and register in WORLD["desk"]:
        case.body["values"] = WORLD["desk"][register]["values"]
    if case.query:
        for name in ("cursor", "member", "program"):
            case.query.pop(name, None)


@schemathesis.hook
def after_call(context, case, response):
    SEEN.write(f"{case.operation.method.upper()} {case.operation.path} {response.status_code}\n")
