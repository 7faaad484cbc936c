# shellcheck shell=bash
# One step of a chain (pipeline.sh): what it asks of the step before it, and the receipt that it leaves. Sourced by
# lib.sh in every job; without SLANGRAG_CHAIN nothing here does anything.
#
#   SLANGRAG_CHAIN   the chain's folder, beside the store
#   SLANGRAG_STEP    which step this job is
#
# In the folder, as lines of "name value":
#   chain            what the chain is for: CSV, options, model, store, the line that was typed
#   STEP.job         the job's id (more than one where an array was run again)
#   STEP.receipt     what was done, for which CSV and options, with which store, when, by which job, with which exit;
#                    of an array, shards-I-of-N.receipt for each task

chain_field() { sed -n "s/^$1 //p" "$SLANGRAG_CHAIN/chain"; }
receipt_field() { sed -n "s/^$2 //p" "$(receipt_file "$1")" 2>/dev/null; }    # receipt_field STEP NAME
receipt_file() { # a task of an array is named STEP:NUMBER
  case $1 in
    shards:*) echo "$SLANGRAG_CHAIN/shards-${1#*:}-of-$(chain_field shards).receipt" ;;
    *) echo "$SLANGRAG_CHAIN/$1.receipt" ;;
  esac
}
digest() { sha256sum <"$1" | cut -c 1-16; }
# What a step's receipt must be for: this CSV, these options, this model; for evaluate these questions, too.
step_for() {
  case $1 in
    evaluate) echo "$(chain_field key) $(chain_field questions_digest)" ;;
    *) chain_field key ;;
  esac
}
# Which step must be done before STEP; those of a chain are in its field `steps`.
forerunner() {
  case $1 in
    prepare) [[ " $(chain_field steps) " != *" pull "* ]] || echo pull ;;
    index | shards) echo prepare ;;
    merge) echo shards ;;
    verify) if [[ " $(chain_field steps) " = *" merge "* ]]; then echo merge; else echo index; fi ;;
    evaluate | serve) echo verify ;;
  esac
}
# What the store holds, in a word that changes with it; nothing where it is not whole.
store_state() {
  "${SLANGRAG[@]}" store info --json --store "$STORE" 2>/dev/null | python3 -c '
import hashlib, json, sys
held = json.load(sys.stdin)
of = [held["rows"], held["vectors"], held["embedder"], held["loads"]]
if held["sealed"]: print(hashlib.sha256(json.dumps(of).encode()).hexdigest()[:16])' 2>/dev/null
}
# receipt_counts STEP: it ended well, for what this chain is for, and the store is still the one that it left
receipt_counts() {
  local task
  if [ "$1" = shards ]; then
    for ((task = 0; task < $(chain_field shards); task++)); do receipt_counts "shards:$task" || return 1; done
    return 0
  fi
  [ "$(receipt_field "$1" exit)" = 0 ] && [ "$(receipt_field "$1" for)" = "$(step_for "$1")" ] || return 1
  case $1 in
    shards:*) [ -e "$(chain_field shards_dir)/shard-${1#*:}-of-$(chain_field shards).sqlite3" ] ;;
    index | merge | verify | evaluate) [ "$(receipt_field "$1" state)" = "${STATE_OF_STORE=$(store_state)}" ] ;;
  esac
}

chain_begin() {
  local before
  CHAIN_BEGAN=$(date +%FT%T)
  CHAIN_RECEIPT=$SLANGRAG_STEP${SLURM_ARRAY_TASK_ID:+:$SLURM_ARRAY_TASK_ID}
  [ -r "$SLANGRAG_CHAIN/chain" ] || die 4 "there is no chain in ${SLANGRAG_CHAIN:-(SLANGRAG_CHAIN)}: slurm/pipeline.sh CSV"
  rm -f "$(receipt_file "$CHAIN_RECEIPT")"
  case $SLANGRAG_STEP in
    prepare | index | shards)
      [ "$(digest "$(chain_field csv)" 2>/dev/null)" = "$(chain_field csv_digest)" ] ||
        die 5 "$(chain_field csv) is gone, or is not what it was when the chain was submitted" ;;
  esac
  before=$(forerunner "$SLANGRAG_STEP")
  # Slurm's word is not enough: it drops a dependency on a job that it no longer knows. A receipt may take a while to
  # be seen from another node (NFS).
  until [ -z "$before" ] || receipt_counts "$before"; do
    [ "$SECONDS" -lt "${SLANGRAG_RECEIPT_SECONDS:-60}" ] ||
      die 4 "$before has left no receipt that counts in $SLANGRAG_CHAIN, so $SLANGRAG_STEP does not start"
    [ -z "$SIGNAL" ] || exit 75
    sleep 2
    unset STATE_OF_STORE
  done
}

# chain_end CODE: leaves the receipt; returns the job's exit code
chain_end() {
  local code=$1 state="" text
  [ -n "${CHAIN_RECEIPT:-}" ] && [ -d "$SLANGRAG_CHAIN" ] || return "$code"
  [ -z "${REQUEUED:-}" ] || return "$code"    # it is not over
  unset STATE_OF_STORE
  case $SLANGRAG_STEP:$code in
    index:0 | merge:0 | verify:0 | evaluate:0)
      state=$(store_state)
      [ -n "$state" ] || { FAULT="$STORE is not whole: slangrag store info --store $STORE"; log "ERROR: $FAULT"; code=4; } ;;
  esac
  text=$(printf '%s\n' "step $CHAIN_RECEIPT" "for $(step_for "$SLANGRAG_STEP")" "csv $(chain_field csv)" \
    "options $(chain_field options)" "store $STORE" "state $state" "job ${SLURM_JOB_ID:+$JOB}" "node $NODE" \
    "began $CHAIN_BEGAN" "ended $(date +%FT%T)" "exit $code" "did ${FAULT:-${DID:-}}")
  if ! { echo "$text" >"$(receipt_file "$CHAIN_RECEIPT").new"; } 2>/dev/null ||
    ! mv "$(receipt_file "$CHAIN_RECEIPT").new" "$(receipt_file "$CHAIN_RECEIPT")"; then
    rm -f "$(receipt_file "$CHAIN_RECEIPT").new"
    log "ERROR: the receipt cannot be written: $(df -h "$SLANGRAG_CHAIN" | tail -n 1)"
    [ "$code" != 0 ] || code=4
  fi
  # After TERM Slurm knows whether the job comes back (a preemption) or not; what waits goes by that.
  if [ "$code" != 0 ] && ! { [ "$code" = 75 ] && [ "$SIGNAL" = TERM ]; }; then
    cancel_after "$SLANGRAG_STEP"
    log "next, once that is mended: $(chain_field line)"
  fi
  return "$code"
}
cancel_after() { # what waits for STEP, and what waits for that
  local step ids
  for step in $(chain_field steps); do
    [ "$(forerunner "$step")" = "$1" ] || continue
    # Not by Slurm alone: where a site ignores --kill-on-invalid-dep they would wait for ever
    if ids=$(cat "$SLANGRAG_CHAIN/$step.job" 2>/dev/null); then
      # shellcheck disable=SC2086  # one word a job
      scancel --state=PENDING $ids 2>/dev/null && log "$step (job $ids) is cancelled: it waits for $1"
    fi
    cancel_after "$step"
  done
}
