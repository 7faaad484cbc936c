# shellcheck shell=bash
# Scenarios of slurm/pipeline.sh: whole chains, and what may happen to them on the way.

# A step as in `STEP=index text_count`: whose requests are meant.
pipeline() { "$ROOT/slurm/pipeline.sh" "$@" >pipeline.log 2>&1; }
submits() { # submits STEPS... -- LINE...: the line submits these steps and no others
  local wanted=()
  while [ "$1" != -- ]; do wanted+=("$1"); shift; done
  shift
  pipeline "$@" || fail "pipeline.sh $*: $(cat pipeline.log)"
  expect "submitted" "$(sed -n 's/^submitted: //p' pipeline.log)" "${wanted[*]}"
}
refuses() { # refuses EXITCODE PATTERN -- LINE...
  local code=0
  pipeline "${@:4}" || code=$?
  expect "exit" "$code" "$1"
  expect_log pipeline.log "$2"
}
# shellcheck disable=SC2016  # the server's own environment
slow_index() { stand_in 'STANDIN_MS_PER_ROW=$([ "${SLANGRAG_STEP:-}" != index ] || echo 20)'; }
last_job() { sed 's/.* //' "$SLANGRAG_STORE.chains/current/$1.job"; }
stand() { # stand STEP=WORD...: what --status says
  local wanted
  "$ROOT/slurm/pipeline.sh" --status >status.log 2>&1 || fail "--status: $(cat status.log)"
  for wanted in "$@"; do
    expect "status of ${wanted%=*}" "$(awk -v step="${wanted%=*}" '$1 == step {print $2}' status.log)" "${wanted#*=}"
  done
}
go_on() { # what --status says to type next
  sed -n 's/^next: .*then: //p' status.log >next.sh
  [ -s next.sh ] || fail "no command to go on with: $(cat status.log)"
  bash next.sh >pipeline.log 2>&1 || fail "$(cat next.sh): $(cat pipeline.log)"
  expect "submitted" "$(sed -n 's/^submitted: //p' pipeline.log)" "$*"
}

scenario_a_chain_leads_from_the_csv_to_a_page() {
  local index serve out port token said line=(-e questions.jsonl slang.csv --min-up 1)
  ROWS=594    # six of 600 have no up-vote
  pulled
  for said in 17 42 300; do echo "{\"task\": \"define\", \"query\": \"word$said\", \"headword\": \"word$said\"}"; done >questions.jsonl
  slow_index
  submits prepare index verify evaluate serve -- "${line[@]}"
  index=$(last_job index)
  stand pull=done index=waiting verify=waiting serve=waiting
  make_csv 10 >other.csv
  refuses 4 "of another chain is under way" -- other.csv
  refuses 4 "of another chain is under way" -- -n 4 slang.csv --min-up 1
  STEP=index wait_embedded 100
  stand prepare=done index=running verify=waiting
  expect_log status.log "prepare .*594 of 600 rows, about"
  scancel --batch --signal=USR1 "$index"
  until_true 40 "the job is back in the queue" has_restarted "$index"
  stand_in
  stand verify=waiting
  until_true 120 "the chain serves" grep -qs '^http://127.0.0.1:8600/#token=' "$SLANGRAG_STORE.chains/current/slangrag-serve-$(last_job serve).out"
  serve=$(last_job serve)
  out=$SLANGRAG_STORE.chains/current/slangrag-serve-$serve.out
  ends_as "$(last_job evaluate)" COMPLETED 0:0
  expect "requeues" "$(field "$index" Restarts)" 1
  stand pull=done prepare=done index=done verify=done evaluate=done serve=running
  expect_log status.log "^next: cat .*/slangrag-serve-$serve.out"
  expect "recall" "$(json 'd["metrics"]["R@1"]' <"$SLANGRAG_STORE.chains/current/evaluation.json")" 1.0
  pipeline "${line[@]}" || fail "$(cat pipeline.log)"
  expect_log pipeline.log "^nothing lacks"
  port=$(sed -n 's/^ *ssh -N .* -L 8600:127\.0\.0\.1:\([0-9]*\) .*@n[12]$/\1/p' "$out" | head -n 1)
  token=$(sed -n 's/^http.*#token=//p' "$out")
  said=$(http "$port" /api/ask "$token" '{"question": "what does word17 mean"}')
  expect "the answer cites" "$(json 'len(d["citations"]) > 0' <<<"$said")" True
  scancel "$serve"
  wait_end "$serve"
  stand verify=done serve=ended
  STEP=index no_text_twice
  store_is_whole
  export SLANGRAG_PULL=1
  submits serve -- "${line[@]}"
  scancel "$(last_job serve)"
  submits prepare index verify -- --no-serve other.csv
  scancel "$(last_job prepare)" "$(last_job index)" "$(last_job verify)"
  wait_end "$(last_job prepare)"
}

scenario_a_chain_of_shards_runs_only_the_failed_one_again() {
  # shellcheck disable=SC2016  # the job's own variable
  echo '[ "${SLURM_ARRAY_TASK_ID:-}" != 2 ] || [ -e mended ] || OLLAMA_CMD=false' >hook.sh
  export SLANGRAG_SETUP=$PWD/hook.sh
  # shellcheck disable=SC2016  # the server's own environment
  stand_in 'STANDIN_MS_PER_ROW=$([ "${SLANGRAG_STEP:-}" != shards ] || echo 60)'
  export SLANGRAG_PULL=1    # nothing is fetched on the login node
  submits prepare shards merge verify -- -n 4 --no-serve slang.csv
  wait_end "$(last_job merge),$(last_job verify)"
  # the others are at work; the line goes on beside them
  stand prepare=done shards=failed merge=cancelled verify=cancelled
  expect_log status.log "^next: tail .*/slangrag-shard-$(last_job shards)_2.out; then: "
  touch mended
  go_on shards merge verify
  ends_as "$(last_job verify)" COMPLETED 0:0
  expect "tasks run again" "$(squeue -h -r -t all -j "$(last_job shards)" -o %K)" 2
  stand shards=done merge=done verify=done
  expect_log status.log "^next: nothing: export SLANGRAG_STORE=$SLANGRAG_STORE"
  STEP=shards no_text_twice
  store_is_whole
}

scenario_a_chain_trusts_receipts_and_goes_on_where_it_was_stopped() {
  # The receipt of prepare is gone before index looks for it, as after a purge of the scratch disk.
  # shellcheck disable=SC2016  # the job's own variables
  echo '[ "${SLANGRAG_STEP:-}" != index ] || [ -e mended ] || rm -f "$SLANGRAG_CHAIN/prepare.receipt"' >hook.sh
  export SLANGRAG_SETUP=$PWD/hook.sh
  local chain=$SLANGRAG_STORE.chains/current index stray
  export SLANGRAG_PULL=1
  submits prepare index verify -- --no-serve slang.csv
  index=$(last_job index)
  wait_end "$index,$(last_job verify)"
  expect "index" "$(field "$index" JobState) $(field "$index" ExitCode)" "FAILED 4:0"
  expect_log "$chain/slangrag-ingest-$index.out" "prepare has left no receipt"
  echo 4000000 >"$chain/prepare.job"    # and Slurm has forgotten the job
  stand prepare=lost index=failed verify=cancelled
  touch mended
  slow_index
  go_on prepare index verify
  STEP=index wait_embedded 100
  # Slurm drops a dependency on a job that it does not know: the job runs, and must see for itself
  stray=$(SLANGRAG_CHAIN=$(realpath "$chain") SLANGRAG_STEP=verify submit verify.sbatch --dependency=afterok:4000000)
  ends_as "$stray" FAILED 4:0
  expect_log "slangrag-verify-$stray.out" "index has left no receipt that counts"
  scancel "$(last_job index)"
  wait_end "$(last_job index),$(last_job verify)"
  stand prepare=done index=stopped
  stand_in
  go_on index verify
  ends_as "$(last_job verify)" COMPLETED 0:0
  expect "rows embedded" "$(STEP=index texts | sort -u | wc -l)" "$ROWS"
  expect "more than the batches in flight again" "$(($(STEP=index text_count) - ROWS > 256))" 0
  stand prepare=done index=done verify=done
  store_is_whole
  rm -r "$SLANGRAG_STORE"
  stand index=outdated verify=outdated
}

scenario_a_chain_refuses_what_cannot_work_and_survives_a_full_disk() {
  local index disk=$PWD/disk
  refuses 5 "absent.csv cannot be read" -- absent.csv
  pulled llama3.1
  stand_in STANDIN_OFFLINE=1
  refuses 3 "the models cannot be fetched" -- --no-serve slang.csv
  stand pull=failed prepare=to
  pulled nomic-embed-text llama3.1
  export SLANGRAG_PULL=1
  SERVE_OPTIONS=--partition=absent refuses 2 "sbatch refused serve" -- slang.csv
  stand prepare=cancelled index=cancelled serve=to
  mkdir disk
  if ! mount -t tmpfs -o size=1m none "$disk" 2>mount.log; then
    echo "measured: not with a full disk: $(cat mount.log)"
    return
  fi
  export SLANGRAG_STORE=$disk/store
  stand_in
  INDEX_OPTIONS=--mem=100M submits prepare index verify -- --no-serve slang.csv
  wait_end "$(last_job prepare),$(last_job index),$(last_job verify)"
  stand prepare=failed index=cancelled verify=cancelled
  expect_log status.log "prepare .*the store takes about .*there is room for .*of memory, its job has 105 MB"
  mount -o remount,size=64m "$disk"
  # shellcheck disable=SC2016  # the job's own variables
  echo '[ "${SLANGRAG_STEP:-}" != index ] || [ -e mended ] || dd if=/dev/zero of=disk/full bs=1k 2>/dev/null || true' >hook.sh
  export SLANGRAG_SETUP=$PWD/hook.sh
  go_on prepare index verify
  index=$(last_job index)
  ends_as "$index" FAILED 4:0
  wait_end "$(last_job verify)"
  stand prepare=done index=failed verify=cancelled
  rm disk/full
  touch mended
  go_on index verify
  ends_as "$(last_job verify)" COMPLETED 0:0
  stand prepare=done index=done verify=done
  store_is_whole
  umount "$disk"
}
