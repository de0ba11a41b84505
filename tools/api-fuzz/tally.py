"""Tells how many operations were answered with 2xx at least once, which were not, and what those were answered."""

import collections
import json
import sys
import urllib.request

answers = collections.defaultdict(collections.Counter)
for line in open(sys.argv[1]):
    method, path, status = line.split()
    answers[f"{method} {path}"][int(status)] += 1
with urllib.request.urlopen(sys.argv[2] + "/api/openapi.json") as document:
    paths = json.load(document)["paths"]
every = [f"{method.upper()} {path}" for path, item in paths.items() for method in item]
reached = [name for name in every if any(200 <= status < 300 for status in answers[name])]
total = sum(answers.values(), collections.Counter())
print(f"{sum(total.values())} answers; by status: {dict(sorted(total.items()))}")
print(f"{len(reached)} of {len(every)} operations were answered with 2xx at least once")
for name in every:
    if name not in reached:
        print(f"  not {name}: {dict(answers[name])}")
