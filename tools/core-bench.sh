#!/usr/bin/env bash
# Measures the core: a backtest with twenty rules, undoing a whole import with verify after it, and the simulator.
#
#   tools/core-bench.sh [POSTGRES_URL]    (needs a release build of lazo and lazo-sim, and LAZO_DATA)
#
# SQLite is always measured; PostgreSQL too where the URL of an empty database is given. BENCH_SEEDS says how many
# seeds of 10,000 steps the simulator runs (20 unless told).
set -euo pipefail
cd "$(dirname "$0")/.."
data=${LAZO_DATA:-../shared/data}/complete_journey/transactions.csv.gz
bin=${LAZO_BIN_FOLDER:-target/release}
example=examples/complete_journey
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

seconds() { # seconds COMMAND…: runs it quietly; prints how long it took
    /usr/bin/time -f '%e s, %U s of CPU, peak %M kB' -o "$work/time" "$@" >"$work/out" 2>"$work/err" || {
        cat "$work/err" >&2
        return 1
    }
    cat "$work/time"
}

one() { # one ENGINE URL
    local lazo=("$bin/lazo" --database "$2")
    "${lazo[@]}" apply --yes $example/program.toml >/dev/null 2>&1
    echo "$1: import: $(seconds "${lazo[@]}" import purchases "$data" --mapping $example/mapping.toml)"
    for _ in 1 2 3; do
        echo "$1: backtest: $(seconds "${lazo[@]}" backtest $example/twenty_rules.toml)"
        grep 'a second' "$work/err" | tail -1
    done
    local run
    run=$("${lazo[@]}" --format csv import list 2>/dev/null | sed -n 's/.*\(imp_[0-9a-z]*\).*/\1/p' | head -1)
    echo "$1: undo: $(seconds "${lazo[@]}" import undo "$run")"
    echo "$1: verify: $(seconds "${lazo[@]}" verify)"
    tail -3 "$work/out"
    "${lazo[@]}" --format csv balances 2>/dev/null |
        awk -F, -v engine="$1" 'NR > 1 && ($2 != 0 || $3 != 0) { n++ }
            END { printf "%s: households with points after the undo: %d\n", engine, n }'
}

one SQLite "sqlite://$work/cj.db"
[ $# -eq 0 ] || one PostgreSQL "$1"
"$bin/lazo-sim" run --seed 1 --seeds "${BENCH_SEEDS:-20}" --ops 10000 | tail -1
"$bin/lazo-sim" core | tail -3
