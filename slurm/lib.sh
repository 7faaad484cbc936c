# shellcheck shell=bash disable=SC2034  # the scripts that source this use what looks unused here
# What the job scripts share: settings, signals, a private Ollama, a place to build, and the way out.
# Sourced, never run. Needs bash 4.4 and Python 3.11 (the one that slangrag is installed in).
#
# Settings, all from the environment (sbatch passes yours on) or from the hook file:
#   SLANGRAG_SETUP           hook file sourced first: modules, venv, container   (setup.sh beside this file)
#   SLANGRAG_CMD             how to run slangrag                                 (slangrag)
#   OLLAMA_CMD               how to run Ollama                                   (ollama)
#   OLLAMA_MODELS            folder of the models       ($SCRATCH/ollama/models, else ~/.ollama/models)
#   SLANGRAG_STORE           where the finished store goes
#                                          ($SCRATCH/slangrag/store, else ~/.local/share/slangrag/store)
#   SLANGRAG_EMBED_MODEL     model that makes the vectors                        (nomic-embed-text)
#   SLANGRAG_CHAT_MODEL      model that answers; only serve.sbatch and interactive.sh load it  (llama3.1)
#   SLANGRAG_NUM_CTX         context of the chat model, in tokens                (4096)
#   SLANGRAG_PULL=1          let the job download missing models (else it stops and says what to pull)
#   SLANGRAG_ALLOW_CPU=1     go on where the model does not sit on a GPU
#   SLANGRAG_LOCAL_DIR       node-local disk to build on, or "none"              (found; see build_place)
#   SLANGRAG_SNAPSHOT_SECONDS  how often a local build is saved to the shared disk  (900)
#   SLANGRAG_MAX_RESTARTS    requeues after which the job gives up               (20)
#   SLANGRAG_OLLAMA_PORT     port to try first                                   (any free one)
#   SLANGRAG_OLLAMA_SECONDS  how long Ollama may take to come up                 (300)
#   SLANGRAG_RECEIPT_SECONDS  how long a step of a chain looks for the receipt of the one before it  (60)
#   SLANGRAG_LOG_DIR         where Ollama's log goes                             (the folder you submit from)
set -uo pipefail

SLURM_FOLDER=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ -n "${SLURM_ARRAY_JOB_ID:-}" ]; then JOB=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID; else JOB=${SLURM_JOB_ID:-$$}; fi
NODE=${SLURMD_NODENAME:-$(hostname -s)}
SIGNAL="" REQUEUED="" WORK_PID="" OLLAMA_PID="" SNAPSHOTS_PID="" LOCAL_BUILD="" BUILDING=""

# To stderr: a trap can run while stdout is redirected; Slurm writes both to one file.
log() { printf '%s [%s%s] %s\n' "$(date +%FT%T)" "$JOB" "${SLURM_RESTART_COUNT:+ restart $SLURM_RESTART_COUNT}" "$*" >&2; }
# die CODE MESSAGE: the codes are slangrag's own (2 usage, 3 engine, 4 store, 5 input)
die() { FAULT=${*:2}; log "ERROR: $FAULT"; exit "$1"; }
# shellcheck source=slurm/chain.sh
source "$SLURM_FOLDER/chain.sh" || exit 2

# ---- signals: note them, pass them on, never act in the trap itself ---------------------------------
on_usr1() {
  SIGNAL=${SIGNAL:-USR1}
  log "USR1: the time limit or a preemption is near; stopping after the batch in hand"
  [ -z "$WORK_PID" ] || kill -USR1 "$WORK_PID" 2>/dev/null
}
on_term() {
  trap '' TERM INT    # Slurm may send several
  SIGNAL=TERM
  log "TERM: cancelled, preempted or requeued; stopping after the batch in hand"
  [ -z "$WORK_PID" ] || kill -TERM "$WORK_PID" 2>/dev/null
}
# shellcheck disable=SC2317  # called by the trap
on_exit() {
  local code=$?
  trap - EXIT
  clean_up
  if [ -n "${SLANGRAG_CHAIN:-}" ]; then chain_end "$code"; code=$?; fi
  log "exit $code"
  exit "$code"
}
clean_up() { # safe to call twice
  snapshots_stop
  ollama_stop
  [ -z "$LOCAL_BUILD" ] || rm -rf "$LOCAL_BUILD"
  LOCAL_BUILD=""
  # what was saved stays for the next run; an empty claim does not
  [ -z "$BUILDING" ] || [ -n "$(find "$BUILDING" -name 'lexicon.sqlite3*')" ] || rm -rf "$BUILDING"
  BUILDING=""
}
trap on_usr1 USR1
trap on_term TERM INT
trap on_exit EXIT

# work COMMAND...: run it in the background and wait, since bash runs traps only between commands.
# A program, not a function: the signal must reach the program and not a subshell around it.
# Returns its exit code; 75 where a signal stopped it, even before it could look for signals.
work() {
  local code
  [ -z "$SIGNAL" ] || return 75
  "$@" &
  WORK_PID=$!
  [ -z "$SIGNAL" ] || kill -USR1 "$WORK_PID" 2>/dev/null    # it came in between
  while :; do
    wait "$WORK_PID"; code=$?
    kill -0 "$WORK_PID" 2>/dev/null || break                # a trap ended the wait, not the work
  done
  if [ -n "$SIGNAL" ]; then
    wait "$WORK_PID" 2>/dev/null; local own=$?
    [ $own = 127 ] || code=$own                             # the work's own code, not our trap's
    case $code in 138 | 143 | 130) code=75 ;; esac
  fi
  WORK_PID=""
  return "$code"
}

# ---- settings ---------------------------------------------------------------------------------------
if [ -z "${SLANGRAG_SETUP:-}" ] && [ -r "$SLURM_FOLDER/setup.sh" ]; then SLANGRAG_SETUP=$SLURM_FOLDER/setup.sh; fi
if [ -n "${SLANGRAG_SETUP:-}" ]; then
  [ -r "$SLANGRAG_SETUP" ] || die 2 "the hook file SLANGRAG_SETUP=$SLANGRAG_SETUP cannot be read"
  set +u    # module and conda use unset variables
  # shellcheck disable=SC1090
  source "$SLANGRAG_SETUP" || die 2 "the hook file $SLANGRAG_SETUP failed"
  set -u
fi
read -ra SLANGRAG <<<"${SLANGRAG_CMD:-slangrag}"
read -ra OLLAMA <<<"${OLLAMA_CMD:-ollama}"
STORE=$(realpath -m "${SLANGRAG_STORE:-${SCRATCH:-${XDG_DATA_HOME:-$HOME/.local/share}}/slangrag/store}")
EMBED_MODEL=${SLANGRAG_EMBED_MODEL:-nomic-embed-text}
CHAT_MODEL=${SLANGRAG_CHAT_MODEL:-llama3.1}
LOG_DIR=${SLANGRAG_LOG_DIR:-$PWD}
export OLLAMA_MODELS=${OLLAMA_MODELS:-${SCRATCH:+$SCRATCH/ollama/models}}
export OLLAMA_MODELS=${OLLAMA_MODELS:-$HOME/.ollama/models}

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
  die 2 "python3 on $NODE is not 3.11 or newer: activate slangrag's environment in ${SLANGRAG_SETUP:-$SLURM_FOLDER/setup.sh}"

need_command() {
  command -v "$1" >/dev/null || die 2 "$1 is not on PATH on $NODE: set it up in ${SLANGRAG_SETUP:-$SLURM_FOLDER/setup.sh}"
}
PROBE=(python3 "$SLURM_FOLDER/probe.py")

# take_csv [CSV] [OPTIONS...]: sets CSV and the array OPTIONS; the CSV, if named, comes first
take_csv() {
  CSV=${SLANGRAG_CSV:-data/urbandict-word-defs.csv}
  if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then CSV=$1; shift; fi
  OPTIONS=("$@")
  local option
  for option in "$@"; do
    case $option in
      --store | --store=* | --embed-model | --embed-model=* | --engine | --engine=* | --shard* | --out* | --merge*)
        die 2 "${option%%=*} is set by the script: use SLANGRAG_STORE and SLANGRAG_EMBED_MODEL" ;;
    esac
  done
  [ -r "$CSV" ] || die 5 "$CSV cannot be read on $NODE (current folder: $PWD)"
}

# ---- a private Ollama -------------------------------------------------------------------------------
# ollama_start ADDRESS: one server for this job on a port of its own; exports OLLAMA_HOST.
# Returns 0 when it answers, 75 where a signal came first, 3 where it will not start.
ollama_start() {
  local address=$1 port=${SLANGRAG_OLLAMA_PORT:-} attempt
  need_command "${OLLAMA[0]}"
  mkdir -p "$OLLAMA_MODELS" "$LOG_DIR" || return 3
  OLLAMA_LOG=$LOG_DIR/slangrag-ollama-$JOB.log
  export OLLAMA_NOPRUNE=1                                   # else start-up deletes what another job is pulling
  export OLLAMA_KEEP_ALIVE=-1                               # loaded once, kept to the end
  export OLLAMA_LOAD_TIMEOUT=${OLLAMA_LOAD_TIMEOUT:-15m}    # a cold parallel file system is slow
  export OLLAMA_MAX_LOADED_MODELS=${OLLAMA_MAX_LOADED_MODELS:-2}
  export NO_PROXY="127.0.0.1,localhost,$address${NO_PROXY:+,$NO_PROXY}"
  export no_proxy=$NO_PROXY
  # An untyped gres.conf makes Slurm set AMD's and Intel's variables on NVIDIA nodes too; Ollama then
  # believes them and runs on the CPU. Empty is not enough: they must go.
  [ -e /dev/kfd ] || unset ROCR_VISIBLE_DEVICES HIP_VISIBLE_DEVICES GPU_DEVICE_ORDINAL ZE_AFFINITY_MASK
  for attempt in 1 2 3 4 5; do
    [ -z "$SIGNAL" ] || return 75
    [ -n "$port" ] || port=$("${PROBE[@]}" free-port "$address") || return 3
    export OLLAMA_HOST=$address:$port
    OLLAMA_PORT=$port
    log "starting Ollama on $OLLAMA_HOST (attempt $attempt); models in $OLLAMA_MODELS; log in $OLLAMA_LOG"
    "${OLLAMA[@]}" serve >>"$OLLAMA_LOG" 2>&1 </dev/null &
    OLLAMA_PID=$!
    ollama_wait "$address" "$port"
    case $? in 0) return 0 ;; 75) return 75 ;; esac
    ollama_stop
    port=""
  done
  log "Ollama does not start; the last lines of $OLLAMA_LOG:"
  tail -n 10 "$OLLAMA_LOG" >&2
  return 3
}
ollama_wait() { # until the server answers (0), is not going to (1), or a signal comes (75)
  local start=$SECONDS
  while kill -0 "$OLLAMA_PID" 2>/dev/null; do
    "${PROBE[@]}" ready "$1" "$2" "$OLLAMA_PID"
    case $? in
      0) log "Ollama answers after $((SECONDS - start)) s"; return 0 ;;
      4) log "port $2 belongs to somebody else" ; return 1 ;;
    esac
    [ -z "$SIGNAL" ] || return 75
    if [ $((SECONDS - start)) -ge "${SLANGRAG_OLLAMA_SECONDS:-300}" ]; then log "Ollama is not up after $((SECONDS - start)) s"; return 1; fi
    sleep 0.3
  done
  log "Ollama ended while starting"
  return 1
}
ollama_stop() { # TERM, 10 s, KILL; its children too. Safe to call twice.
  local pid=$OLLAMA_PID waited children
  OLLAMA_PID=""
  [ -n "$pid" ] || return 0
  children=$(pgrep -P "$pid")
  kill -TERM "$pid" 2>/dev/null
  for ((waited = 0; waited < 50; waited++)); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.2
  done
  # shellcheck disable=SC2086  # one word a process
  kill -KILL "$pid" $children 2>/dev/null
  wait "$pid" 2>/dev/null
  log "Ollama is stopped"
}

# need_models MODEL...: 0 when the server has them all, 3 when not, 75 where a signal came first
need_models() {
  local lacking model
  lacking=$("${PROBE[@]}" missing "http://$OLLAMA_HOST" "$@") || { log "Ollama does not list its models"; return 3; }
  for model in $lacking; do
    if [ "${SLANGRAG_PULL:-0}" != 1 ]; then
      log "ERROR: $model is not in $OLLAMA_MODELS. On a machine with internet (a login node):"
      log "  OLLAMA_MODELS=$OLLAMA_MODELS $SLURM_FOLDER/pull.sh $lacking"
      return 3
    fi
    log "pulling $model"
    # one download at a time: the jobs of an array share the folder
    exec 9>"$OLLAMA_MODELS/.pull.lock"
    until flock -n 9; do
      [ -z "$SIGNAL" ] || return 75
      sleep 1
    done
    work "${OLLAMA[@]}" pull "$model" || return $?
    exec 9>&-
  done
  [ -z "$SIGNAL" ] || return 75
}

# load_model MODEL embed|chat: 0 when it sits where it should, 3 when not, 75 where a signal came first
load_model() {
  work "${PROBE[@]}" load "http://$OLLAMA_HOST" "$1" "$2" "${SLANGRAG_NUM_CTX:-4096}"
  case $? in
    0) return 0 ;;
    75) return 75 ;;
    10) log "WARNING: $1 does not fit on the GPU; it will be slow. Ask for a bigger GPU, or more of them"; return 0 ;;
    11)
      [ "${SLANGRAG_ALLOW_CPU:-0}" != 1 ] || return 0
      log "ERROR: $1 runs on the CPU (GPUs of this job: ${CUDA_VISIBLE_DEVICES:-none}). Ask for one with --gres=gpu:1,"
      log "  look for the reason in $OLLAMA_LOG, or set SLANGRAG_ALLOW_CPU=1 to go on at a hundredth of the speed"
      return 3 ;;
    *) return 3 ;;
  esac
}

# ---- where to build ---------------------------------------------------------------------------------
file_system() { # of a path, or of its nearest parent that is there
  local path=$1
  until [ -e "$path" ]; do path=$(dirname "$path"); done
  stat -f -c %T "$path"
}
is_local() { # a disk of this machine; tmpfs is not one, since it takes the job's memory
  case $(file_system "$1") in ext* | xfs | btrfs | zfs | f2fs | overlay*) return 0 ;; *) return 1 ;; esac
}
# build_bytes CSV [PARTS]: what a build may take on disk, from above: 8 KB a row (docs/cluster.md, Sizing) of
# about 90 bytes in the CSV, and a snapshot of the lexicon beside it
build_bytes() {
  local bytes
  bytes=$(stat -L -c %s "$1")
  case $1 in *.gz | *.zip) bytes=$((bytes * 3)) ;; esac
  echo $((bytes * 120 / ${2:-1}))
}
# build_place TARGET BYTES: prints the node-local folder to build in, or nothing: build at TARGET itself.
build_place() {
  local candidate free
  case ${SLANGRAG_LOCAL_DIR:-} in
    none) return 0 ;;
    ?*) echo "$SLANGRAG_LOCAL_DIR"; return 0 ;;
  esac
  is_local "$1" && return 0
  for candidate in "${SLURM_TMPDIR:-}" "${TMPDIR:-}" /tmp; do
    if [ -z "$candidate" ] || [ ! -w "$candidate" ] || ! is_local "$candidate"; then continue; fi
    free=$(df --output=avail -B1 "$candidate" | tail -n 1)
    if [ "$free" -ge "$2" ]; then echo "$candidate"; return 0; fi
    log "$candidate has ${free} bytes free, $2 are wanted"
  done
}
# build_begin TARGET FILE SAVED BYTES: sets BUILD, the folder to build in.
# FILE is the SQLite file that grows there, SAVED where it is kept on the shared disk between runs.
build_begin() {
  local place
  BUILD_FILE=$2 BUILD_SAVED=$3
  place=$(build_place "$1" "$4")
  if [ -z "$place" ]; then
    BUILD=$1
    case $(file_system "$BUILD") in
      nfs*)
        log "WARNING: building on NFS ($BUILD): SQLite is slow there and its locks may not hold."
        log "  Set SLANGRAG_LOCAL_DIR to a disk of the node, or SLANGRAG_STORE to a parallel file system" ;;
    esac
    log "building at $BUILD"
    if [ -s "$BUILD_SAVED" ] && [ "$BUILD_SAVED" != "$BUILD/$BUILD_FILE" ]; then    # saved by a local build
      if [ -e "$BUILD/$BUILD_FILE" ]; then
        log "WARNING: $BUILD_SAVED is not used: it can only be gone on from on a node-local disk"
      else
        log "going on from $BUILD_SAVED"
        mkdir -p "$BUILD"
        mv "$BUILD_SAVED" "$BUILD/$BUILD_FILE" || die 4 "$BUILD cannot be written"
      fi
    fi
    return 0
  fi
  rm -rf "$place/slangrag-$JOB-"??????    # left by a run of this job that was killed outright
  LOCAL_BUILD=$(mktemp -d "$place/slangrag-$JOB-XXXXXX") || die 4 "$place cannot be written on $NODE"
  BUILD=$LOCAL_BUILD/build
  mkdir "$BUILD"
  if [ -s "$BUILD_SAVED" ]; then
    log "going on from $BUILD_SAVED"
    work cp "$BUILD_SAVED" "$BUILD/$BUILD_FILE"
  elif [ -s "$1/$BUILD_FILE" ]; then
    log "adding to $1"
    work cp -R "$1/." "$BUILD"
  fi
  case $? in 0) ;; 75) return 75 ;; *) die 4 "what was saved cannot be copied to $BUILD" ;; esac
  log "building in $BUILD on $NODE; saved to $BUILD_SAVED every ${SLANGRAG_SNAPSHOT_SECONDS:-900} s"
  "${PROBE[@]}" snapshots "$BUILD/$BUILD_FILE" "$BUILD_SAVED" "${SLANGRAG_SNAPSHOT_SECONDS:-900}" &
  SNAPSHOTS_PID=$!
}
snapshots_stop() {
  [ -n "$SNAPSHOTS_PID" ] || return 0
  kill "$SNAPSHOTS_PID" 2>/dev/null
  wait "$SNAPSHOTS_PID" 2>/dev/null
  SNAPSHOTS_PID=""
}
build_save() { # what is there goes to the shared disk
  snapshots_stop
  [ -n "$LOCAL_BUILD" ] && [ -s "$BUILD/$BUILD_FILE" ] || return 0
  if "${PROBE[@]}" snapshot "$BUILD/$BUILD_FILE" "$BUILD_SAVED"; then
    log "saved to $BUILD_SAVED"
  else
    log "ERROR: this run could not be saved to $BUILD_SAVED; the last snapshot there stands"
    return 4
  fi
}

# ---- a shard: one file, which appears when it is finished ---------------------------------------------
shard_begin() { # shard_begin DIR NUMBER SHARDS
  SHARD=$1/shard-$2-of-$3.sqlite3
  if [ -e "$SHARD" ]; then log "$SHARD is there already"; finish 0; fi
  mkdir -p "$1" || die 4 "$1 cannot be made"
  build_begin "$1" "shard-$2-of-$3.partial.sqlite3" "$1/shard-$2-of-$3.partial.sqlite3" "$(build_bytes "$CSV" "$3")"
}
shard_publish() { # 0, or 75 where a signal came first, or 4
  if [ -n "$LOCAL_BUILD" ]; then
    snapshots_stop
    if ! { cp "$BUILD/${SHARD##*/}" "$SHARD.new" && mv "$SHARD.new" "$SHARD"; }; then
      rm -f "$SHARD.new"
      [ -z "$SIGNAL" ] || return 75
      log "ERROR: $SHARD cannot be written: $(df -h "${SHARD%/*}" | tail -n 1)"
      return 4
    fi
    rm -f "$BUILD_SAVED"
  fi
  log "the shard is ready: $SHARD"
}

# ---- a store: one job at a time builds it; readers see the old one or the new one, whole ---------------
store_begin() { # store_begin BYTES
  local claim=$STORE.building owner state
  mkdir -p "$(dirname "$STORE")" || die 4 "$(dirname "$STORE") cannot be made"
  if ! mkdir "$claim" 2>/dev/null; then
    owner=$(cat "$claim/owner" 2>/dev/null)
    [ -n "$owner" ] || { sleep 2; owner=$(cat "$claim/owner" 2>/dev/null); }    # it was claimed this moment
    if [ -n "$owner" ] && [ "$owner" != "$JOB" ]; then
      state=$(squeue -h -j "$owner" -o %T -t PENDING,CONFIGURING,RUNNING,SUSPENDED,COMPLETING 2>/dev/null)
      [ -z "$state" ] || die 4 "job $owner ($state) is building $STORE already: wait for it, or scancel $owner"
      log "going on with what job $owner left"
    fi
  fi
  echo "$JOB" >"$claim/owner" || die 4 "$claim cannot be written"
  BUILDING=$claim
  [ ! -s "$BUILDING/store/lexicon.sqlite3" ] || store_swap    # it ended between the renames
  build_begin "$STORE" lexicon.sqlite3 "$BUILDING/lexicon.sqlite3" "$1"
}
# The lexicon goes first and can be gone on from; it joins the rest only when all of it is there.
store_publish() { # 0, or 75 where a signal came first, or 4
  local part
  if [ -n "$LOCAL_BUILD" ]; then
    log "publishing to $STORE"
    build_save || return 4
    rm -rf "$BUILDING/store"
    mkdir "$BUILDING/store"
    for part in "$BUILD"/*; do
      case $part in "$BUILD/$BUILD_FILE"*) continue ;; esac
      cp -R "$part" "$BUILDING/store/" && continue
      [ -z "$SIGNAL" ] || return 75
      log "ERROR: $part cannot be copied: $(df -h "$BUILDING" | tail -n 1)"
      return 4
    done
    mv "$BUILD_SAVED" "$BUILDING/store/" || return 4
    store_swap
  fi
  rm -rf "$BUILDING"
  BUILDING=""
  log "the store is ready: export SLANGRAG_STORE=$STORE"
}
store_swap() {
  rm -rf "$BUILDING/previous"
  if [ -e "$STORE" ]; then mv "$STORE" "$BUILDING/previous"; fi
  mv "$BUILDING/store" "$STORE" || die 4 "$STORE cannot be renamed into place; it waits in $BUILDING/store"
  rm -rf "$BUILDING/previous"
}

# ---- the way out ------------------------------------------------------------------------------------
# finish CODE: 75 (stopped, everything kept) puts the job back into the queue, up to the cap
finish() {
  local code=$1 waited restarts=${SLURM_RESTART_COUNT:-0}
  case $code in
    0 | 4) ;;    # nothing to keep, or not to be trusted
    *) build_save ;;
  esac
  clean_up
  case $code in
    0) rm -f "${OLLAMA_LOG:-}" ;;
    137) log "killed: out of memory? Ask for more with --mem" ;;
  esac
  if [ "$code" != 75 ] || [ "$SIGNAL" = TERM ]; then exit "$code"; fi
  if [ "$restarts" -ge "${SLANGRAG_MAX_RESTARTS:-20}" ]; then
    log "requeued $restarts times already (SLANGRAG_MAX_RESTARTS): giving up. What is done is kept; submit again to go on"
    exit 75
  fi
  log "not finished: back into the queue"
  # the name of the task: $SLURM_JOB_ID of an array's last task means the whole array
  if [ -n "${SLURM_JOB_ID:-}" ] && scontrol requeue "$JOB"; then
    REQUEUED=1
    # a job that ends by itself is over, not requeued: let Slurm end it
    for ((waited = 0; waited < 300; waited++)); do
      [ "$SIGNAL" != TERM ] || break
      sleep 1
    done
  else
    log "this cluster does not requeue: submit again to go on"
  fi
  exit 75
}

if [ -n "${SLANGRAG_CHAIN:-}" ]; then chain_begin; fi
