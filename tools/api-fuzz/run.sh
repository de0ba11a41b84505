#!/usr/bin/env bash
# Attacks the served API with schemathesis on a database that has something of everything, so that calls find what
# they name: prints schemathesis' findings, then how many operations were answered with 2xx at least once.
#
#   tools/api-fuzz/run.sh [EXAMPLES]      (20 examples per operation unless told; needs a built lazo and Python 3)
#
# LAZO_BIN names the binary (default target/debug/lazo), FUZZ_SEED the seed (default 1), FUZZ_VENV a Python environment
# with schemathesis 4.32.5 (made with pip when there is none).
set -euo pipefail
cd "$(dirname "$0")/../.."
examples=${1:-20}
lazo=$(realpath "${LAZO_BIN:-target/debug/lazo}")
here=$PWD/tools/api-fuzz
work=$(mktemp -d)
venv=${FUZZ_VENV:-$work/venv}
port=${FUZZ_PORT:-18094}
[ -x "$venv/bin/schemathesis" ] || { python3 -m venv "$venv"; "$venv/bin/pip" install -q schemathesis==4.32.5; }
LAZO_WEBHOOKS_TO_THIS_MACHINE=true "$lazo" --database "sqlite://$work/lazo.db" serve --bind "127.0.0.1:$port" \
    2> "$work/words" &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$work"' EXIT
for _ in $(seq 50); do grep -q setup_token "$work/words" && break; sleep 0.2; done
token=$(grep -o '"setup_token":"[^"]*"' "$work/words" | cut -d'"' -f4)

"$venv/bin/python" "$here/prepare.py" "http://127.0.0.1:$port" "$token" > "$work/world.json"
export FUZZ_WORLD=$work/world.json FUZZ_SEEN=$work/seen SCHEMATHESIS_HOOKS=hooks PYTHONPATH=$here
code=0
# What schemathesis remembers between runs stays out of the project.
cd "$work"
"$venv/bin/schemathesis" run "http://127.0.0.1:$port/api/openapi.json" --phases "${FUZZ_PHASES:-examples,coverage,fuzzing}" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
    --max-examples "$examples" --workers 2 --mode all --seed "${FUZZ_SEED:-1}" --continue-on-failure --no-color || code=$?
"$venv/bin/python" "$here/tally.py" "$work/seen" "http://127.0.0.1:$port"
sort "$work/seen.errors" 2>/dev/null | sed 's/req_[0-9a-z]*//' | cut -c1-200 | uniq -c | sort -rn | head -5
"$lazo" --database "sqlite://$work/lazo.db" verify || code=1
exit $code
