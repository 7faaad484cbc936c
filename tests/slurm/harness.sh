# shellcheck shell=bash
# What the scenarios say things with: submit, wait, look, expect. Sourced by run.sh.
# A scenario runs in a folder of its own, with its own store, model folder and request log.

fail() { echo "NOT MET: $*"; exit 1; }
expect() { # expect WHAT GOT WANTED
  [ "$2" = "$3" ] || fail "$1: got '$2', wanted '$3'"
  echo "met: $1 ($2)"
}
expect_log() { # expect_log FILE PATTERN
  grep -qE -- "$2" "$1" || fail "$1 has no line like '$2'"
  echo "met: $1 says '$2'"
}
json() { python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"; }    # json EXPRESSION OVER d
expect_no_log() {
  ! grep -qE -- "$2" "$1" || fail "$1 has a line like '$2': $(grep -E -- "$2" "$1" | head -n 1)"
}
# until_true SECONDS WHAT COMMAND...
until_true() {
  local tries=$(($1 * 5)) what=$2
  shift 2
  while ! "$@" >/dev/null 2>&1; do
    ((tries-- > 0)) || fail "waited too long until $what"
    sleep 0.2
  done
}

# ---- jobs -------------------------------------------------------------------------------------------
submit() { # submit SCRIPT [SBATCH OPTIONS...] [-- SCRIPT ARGUMENTS...]: prints the job's id
  local script=$1 options=()
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1"); shift; done
  [ $# -eq 0 ] || shift
  sbatch --parsable ${options[@]+"${options[@]}"} "$ROOT/slurm/$script" "$@"
}
field() { scontrol show job -o "$1" | head -n 1 | tr ' ' '\n' | sed -n "s/^$2=//p" | head -n 1; }
# By the state and not by the queue: a job that is being requeued is in neither for a moment.
has_ended() {
  local job states
  for job in ${1//,/ }; do
    states=$(scontrol show job -o "$job" | grep -o 'JobState=[A-Z_]*') || return 1
    ! grep -qvE '=(COMPLETED|FAILED|CANCELLED|TIMEOUT|PREEMPTED|NODE_FAIL|OUT_OF_MEMORY)$' <<<"$states" || return 1
  done
}
has_restarted() { [ "$(field "$1" Restarts)" -gt "${2:-0}" ]; }    # has_restarted JOB [MORE THAN]
wait_end() { until_true "${2:-120}" "job $1 has ended" has_ended "$1"; }    # wait_end JOB[,JOB...] [SECONDS]
is_running() { [ "$(squeue -h -j "$1" -o %T)" = RUNNING ]; }

ends_as() { # ends_as JOB STATE EXITCODE
  wait_end "$1" "${4:-120}"
  expect "job $1" "$(field "$1" JobState) $(field "$1" ExitCode)" "$2 $3"
}

# ---- what was embedded ------------------------------------------------------------------------------
# Every row that any server of this scenario (or of the chain's step STEP) embedded, one a line. What was embedded to see whether the
# model works, or how long its vectors are, is no row.
texts() {
  python3 - "$REQUEST_LOG${STEP:+-$STEP}" <<'PY'
import json, pathlib, sys
log = pathlib.Path(sys.argv[1])
for line in log.read_text().splitlines() if log.exists() else ():
    request = json.loads(line)
    if request["path"] == "/api/embed" and request["status"] == 200:
        for text in request["body"]["input"]:
            if "What word number" in text:
                print(json.dumps(text))
PY
}
text_count() { texts | wc -l; }
has_embedded() { [ "$(text_count)" -ge "$1" ]; }
wait_embedded() { until_true "${2:-60}" "$1 rows are embedded" has_embedded "$1"; }
no_text_twice() {
  local twice
  twice=$(texts | sort | uniq -d | wc -l)
  expect "texts embedded twice" "$twice" 0
  expect "texts embedded" "$(text_count)" "$ROWS"
}
stored_rows() { sqlite_value "$1" 'SELECT count(*) FROM vectors'; }
sqlite_value() { python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])' "$1" "$2"; }
slangrag_rows() { # what a store holds, in an order of its own
  python3 - "$1/lexicon.sqlite3" <<'PY'
import hashlib, sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute(
    "SELECT entry_id, word, definition, up_votes, down_votes, vector FROM entries JOIN vectors USING (rid)")
print(*sorted((*row[:-1], hashlib.sha256(row[-1]).hexdigest()) for row in rows), sep="\n")
PY
}
store_is_whole() {
  expect "vectors in the store" "$(stored_rows "$SLANGRAG_STORE/lexicon.sqlite3")" "$ROWS"
  slangrag store verify --store "$SLANGRAG_STORE" >verify.log 2>&1 || fail "the store does not verify: $(cat verify.log)"
  echo "met: the store verifies"
}

# ---- what is left behind ----------------------------------------------------------------------------
# Every process that a job of this scenario started carries its folder in the environment.
left_behind() {
  local environment pid
  for environment in /proc/[0-9]*/environ; do
    pid=${environment#/proc/}; pid=${pid%/environ}
    if tr '\0' '\n' <"$environment" 2>/dev/null | grep -qx "SLANGRAG_TEST_FOLDER=$SLANGRAG_TEST_FOLDER" &&
      tr '\0' '\n' <"$environment" 2>/dev/null | grep -q '^SLURM_JOB_ID='; then
      echo "$pid $(tr '\0' ' ' <"/proc/$pid/cmdline")"
    fi
  done 2>/dev/null
}
nothing_runs() { [ -z "$(left_behind)" ]; }
nothing_left() {
  local tries=50
  while ! nothing_runs && ((tries-- > 0)); do sleep 0.2; done
  expect "processes left behind" "$(left_behind)" ""
  expect "local builds left behind" "$(find . -maxdepth 2 -path './local*/*' | head -n 3)" ""
}

# ---- a scenario's surroundings ----------------------------------------------------------------------
make_csv() { # make_csv ROWS: in the data set's columns; no two rows alike
  local number
  echo "word_id,word,up_votes,down_votes,author,definition"
  for ((number = 1; number <= $1; number++)); do
    printf '%07d,word%d,%d,%d,tester,"What word number %d means, said in a sentence."\n' \
      "$number" "$number" $((number % 90)) $((number % 7)) "$number"
  done
}
# pulled MODEL...: these and no others are in the scenario's model folder
pulled() {
  local model
  rm -rf models
  for model in "$@"; do
    mkdir -p "models/manifests/registry.ollama.ai/library/$model"
    touch "models/manifests/registry.ollama.ai/library/$model/latest"
  done
}
# stand_in [NAME=VALUE...]: how a server that starts from now on behaves; what is not named is at its default
# shellcheck disable=SC2120
stand_in() {
  {
    echo START_SECONDS=0
    echo "STANDIN_LOG=$REQUEST_LOG\${SLANGRAG_STEP:+-\$SLANGRAG_STEP}"    # the steps of a chain apart
    echo STANDIN_POOLED=1    # ready-made vectors: what is slow is what the scenario makes slow
    printf '%s\n' "$@"
  } >stand-in.env
}
set_up_scenario() {
  ROWS=600
  REQUEST_LOG=$PWD/requests.jsonl
  make_csv $ROWS >slang.csv
  pulled nomic-embed-text llama3.1
  export SLANGRAG_STORE=$PWD/store OLLAMA_MODELS=$PWD/models SLANGRAG_EMBED_MODEL=nomic-embed-text
  export SLANGRAG_LOCAL_DIR=none SLANGRAG_RECEIPT_SECONDS=0 HOME=$PWD
  export OLLAMA_CMD=$HERE/ollama
  stand_in
}
