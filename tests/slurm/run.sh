#!/usr/bin/env bash
# The cluster scripts against a real Slurm that this script starts and stops (see cluster.sh).
#
#   tests/slurm/run.sh [SCENARIO...]      all of them by default; `run.sh --list` names them
#
# Needs root, or sudo without a password; exits 77, and says so, where it has neither. Ollama is the
# protocol stand-in of tests/standin; one scenario takes the real one where it is on PATH and has the models
# SLANGRAG_TEST_EMBED_MODEL and SLANGRAG_TEST_CHAT_MODEL (nomic-embed-text and llama3.1).
# SLANGRAG_TEST_JOBS is how many scenarios run at the same time (4).
set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
export ROOT

# shellcheck source=tests/slurm/harness.sh
source "$HERE/harness.sh"
# shellcheck source=tests/slurm/scenarios.sh
source "$HERE/scenarios.sh"
# shellcheck source=tests/slurm/chains.sh
source "$HERE/chains.sh"
# the chains first: they take longest
mapfile -t scenarios < <(sed -n 's/^scenario_\([a-z0-9_]*\)() .*/\1/p' "$HERE/chains.sh" "$HERE/scenarios.sh")
if [ "${1:-}" = --list ]; then printf '%s\n' "${scenarios[@]}"; exit; fi
[ $# -eq 0 ] || scenarios=("$@")

if [ "$(id -u)" != 0 ]; then
  sudo -n true 2>/dev/null && exec sudo -n --preserve-env "$0" "$@"
  echo "slurm: NOT RUN: starting a Slurm takes root, and this user ($(id -un)) cannot become root" >&2
  exit 77
fi

if [ -x "$ROOT/.venv/bin/slangrag" ]; then PATH=$ROOT/.venv/bin:$PATH; fi
PATH=${SLANGRAG_TEST_PATH:+$SLANGRAG_TEST_PATH:}$PATH
STANDIN_PYTHON=$(command -v python3)
export PATH STANDIN_PYTHON
REAL_OLLAMA=$(command -v ollama || true) REAL_MODELS=${OLLAMA_MODELS:-$HOME/.ollama/models}
export REAL_OLLAMA REAL_MODELS
command -v slangrag >/dev/null || { echo "slurm: slangrag is not installed here" >&2; exit 1; }

work=$(mktemp -d /var/tmp/slangrag-slurm-XXXXXX)    # a disk, which /tmp need not be
chmod 755 "$work"    # munged runs as a user of its own
clean_up() {
  local code=$?
  trap - EXIT INT TERM
  local pids
  pids=$(jobs -p)
  # shellcheck disable=SC2086  # one word a process
  [ -z "$pids" ] || kill $pids 2>/dev/null
  "$HERE/cluster.sh" down "$work/cluster" || code=1
  umount "$work"/*/disk 2>/dev/null
  if [ "$code" = 0 ]; then rm -rf "$work"; else echo "slurm: logs are kept in $work"; fi
  exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
"$HERE/cluster.sh" up "$work/cluster" >/dev/null || exit
export SLURM_CONF=$work/cluster/slurm.conf

# One scenario: its own folder and settings, so that several can run side by side.
run_scenario() {
  local name=$1
  mkdir -p "$work/$name" && cd "$work/$name" || return 1
  export SLANGRAG_TEST_FOLDER=$PWD
  set_up_scenario
  "scenario_$name"
  nothing_left
}

launch() { # launch NAME, its output to NAME.log, its verdict to NAME.verdict
  local start=$SECONDS verdict=ok
  (set -e; run_scenario "$1") >"$work/$1.log" 2>&1
  # shellcheck disable=SC2181  # as a condition, the subshell would run without set -e
  [ $? = 0 ] || verdict=FAILED
  printf '%-6s %s (%d s)\n' "$verdict" "$1" $((SECONDS - start))
  grep '^measured:' "$work/$1.log" | sed 's/^/       /'
  echo "$verdict" >"$work/$1.verdict"
}

for name in "${scenarios[@]}"; do
  declare -F "scenario_$name" >/dev/null || { echo "slurm: there is no scenario $name" >&2; exit 2; }
  while [ "$(jobs -rp | wc -l)" -ge "${SLANGRAG_TEST_JOBS:-4}" ]; do wait -n; done
  launch "$name" &
done
wait

passed=$(cat "$work"/*.verdict | grep -c ok)
failed=$((${#scenarios[@]} - passed))
for name in "${scenarios[@]}"; do
  [ "$(cat "$work/$name.verdict")" = ok ] && continue
  echo "--- $name"
  cat "$work/$name.log"
  for log in "$work/$name"/*.out; do [ -e "$log" ] && { echo "--- $name/${log##*/}"; tail -n 40 "$log"; }; done
done
echo "slurm: $passed passed, $failed failed in $SECONDS s"
[ "$failed" = 0 ]
