#!/usr/bin/env bash
# Times `lazo import` on both engines beside pgbench, interleaved in one session; prints medians and ratios.
#
#   tools/import-bench.sh [ROUNDS]        (3 rounds unless told; needs a release build of lazo and LAZO_DATA)
#
# The yardstick is pgbench's TPC-B script: scale 50, prepared statements, 64 clients, 20 seconds, on the same server
# with fsync and synchronous_commit on.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-3}
data=${LAZO_DATA:-../shared/data}/complete_journey/transactions.csv.gz
lazo=${LAZO_BIN:-target/release/lazo}
pgbin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
work=$(mktemp -d)
port=${BENCH_PORT:-54397}
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
chmod 755 "$work"; mkdir "$work/pg"; [ "$(id -u)" = 0 ] && chown postgres "$work/pg"
as_postgres "$pgbin/initdb" -D "$work/pg/data" -A trust -U lazo >/dev/null
cat >> "$work/pg/data/postgresql.conf" <<CONF
port = $port
listen_addresses = '127.0.0.1'
unix_socket_directories = '$work/pg'
shared_buffers = 1GB
max_wal_size = 8GB
checkpoint_timeout = 30min
wal_compression = lz4
max_connections = 120
CONF
as_postgres "$pgbin/pg_ctl" -D "$work/pg/data" -l "$work/pg/log" -w start >/dev/null
stop() { as_postgres "$pgbin/pg_ctl" -D "$work/pg/data" -m fast stop >/dev/null || true; rm -rf "$work"; }
trap stop EXIT
psql() { "$pgbin/psql" -h 127.0.0.1 -p "$port" -U lazo -qAt "$@"; }
psql -d postgres -c 'create database bench'
"$pgbin/pgbench" -h 127.0.0.1 -p "$port" -U lazo -i -s 50 -q bench >/dev/null 2>&1

declare -a tps pg sqlite pgmem sqlitemem
one() { # one URL -> "seconds kilobytes"
    "$lazo" --database "$1" apply --yes examples/complete_journey/program.toml >/dev/null 2>&1
    /usr/bin/time -f '%e %M' -o "$work/time" "$lazo" --database "$1" import purchases "$data" \
        --mapping examples/complete_journey/mapping.toml >/dev/null 2>"$work/import.log"
    cat "$work/time"
}
for round in $(seq "$rounds"); do
    tps+=("$("$pgbin/pgbench" -h 127.0.0.1 -p "$port" -U lazo -M prepared -c 64 -j 2 -T 20 bench 2>/dev/null | sed -n 's/^tps = \([0-9.]*\).*/\1/p')")
    psql -d postgres -c "drop database if exists cj" -c "create database cj"
    read -r seconds kb <<<"$(one "postgres://lazo@127.0.0.1:$port/cj")"
    pg+=("$seconds"); pgmem+=("$kb")
    rm -f "$work"/cj.db*
    read -r seconds kb <<<"$(one "sqlite://$work/cj.db")"
    sqlite+=("$seconds"); sqlitemem+=("$kb")
    echo "round $round: pgbench ${tps[-1]} tps; import PostgreSQL ${pg[-1]} s, ${pgmem[-1]} kB; SQLite ${sqlite[-1]} s, ${sqlitemem[-1]} kB" >&2
done
median() { printf '%s\n' "$@" | sort -n | awk '{a[NR]=$1} END {print (NR%2) ? a[(NR+1)/2] : (a[NR/2]+a[NR/2+1])/2}'; }
awk -v tps="$(median "${tps[@]}")" -v pg="$(median "${pg[@]}")" -v sq="$(median "${sqlite[@]}")" \
    -v pm="$(median "${pgmem[@]}")" -v sm="$(median "${sqlitemem[@]}")" 'BEGIN {
    n = 80800
    printf "| measure | value |\n|---|---|\n"
    printf "| pgbench TPC-B, transactions per second | %.0f |\n", tps
    printf "| import on PostgreSQL, purchases per second (of %d) | %.0f |\n| ÷ pgbench | %.2f |\n| peak memory | %.0f MB |\n", n, n/pg, n/pg/tps, pm/1024
    printf "| import on SQLite (synchronous=FULL), purchases per second | %.0f |\n| ÷ pgbench | %.2f |\n| peak memory | %.0f MB |\n", n/sq, n/sq/tps, sm/1024
}'
