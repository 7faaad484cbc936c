# shellcheck shell=bash
# One function a scenario; its name says what happens to the job. Each asserts what a user would care for:
# all rows there, none embedded twice, the right exit, nothing left running.

scenario_a_real_time_limit_costs_nothing() {
  # First, because it takes longest: Slurm looks at limits every 30 s: the signal comes between second 30 and 60.
  local job
  stand_in STANDIN_MS_PER_ROW=120
  job=$(submit ingest.sbatch --time=1 --signal=B:USR1@30 -- slang.csv)
  until_true 120 "the job is back in the queue" has_restarted "$job"
  expect "all was done before the limit" "$(($(text_count) >= ROWS))" 0
  stand_in
  ends_as "$job" COMPLETED 0:0
  # Slurm may send the signal up to a minute early: a second requeue is none of the script's fault
  expect "no requeue" "$(($(field "$job" Restarts) < 1))" 0
  no_text_twice
  store_is_whole
}

scenario_an_undisturbed_job_makes_a_store() {
  local job
  job=$(submit ingest.sbatch -- slang.csv)
  ends_as "$job" COMPLETED 0:0
  no_text_twice
  store_is_whole
  expect_log "slangrag-ingest-$job.out" "sits on the GPU"
  expect_log "slangrag-ingest-$job.out" "export SLANGRAG_STORE=$SLANGRAG_STORE"
  expect "Ollama's log after success" "$(find . -name 'slangrag-ollama-*')" ""
}

scenario_a_job_told_of_its_limit_goes_on_on_another_node() {
  # Built on node-local disk: what was done must come along.
  local job
  mkdir local-n1 local-n2
  # shellcheck disable=SC2016  # the job's own variable
  echo 'export SLANGRAG_LOCAL_DIR=$SLURM_SUBMIT_DIR/local-$SLURMD_NODENAME' >hook.sh
  export SLANGRAG_SETUP=$PWD/hook.sh
  stand_in STANDIN_MS_PER_ROW=20
  job=$(submit ingest.sbatch --nodelist=n1 -- slang.csv)
  wait_embedded 100
  expect "the unfinished store is seen by readers" "$([ -e "$SLANGRAG_STORE" ] && echo yes)" ""
  scancel --batch --signal=USR1 "$job"
  until_true 30 "the job is back in the queue" has_restarted "$job"
  scontrol update jobid="$job" reqnodelist=n2
  ends_as "$job" COMPLETED 0:0
  expect "the node at the end" "$(field "$job" NodeList)" n2
  expect "requeues" "$(field "$job" Restarts)" 1
  expect_log "slangrag-ingest-$job.out" "going on from .*lexicon.sqlite3"
  no_text_twice
  store_is_whole
  expect "scaffolding left" "$(find . -maxdepth 1 -name 'store.*')" ""
}

scenario_a_cancelled_job_keeps_what_it_did() {
  local job again
  stand_in STANDIN_MS_PER_ROW=20
  job=$(submit ingest.sbatch -- slang.csv)
  wait_embedded 100
  scancel "$job"
  wait_end "$job"
  expect "state" "$(field "$job" JobState)" CANCELLED
  # the server got TERM as well: that it is gone must not be taken for a failure
  expect_log "slangrag-ingest-$job.out" "stopped by SIGTERM"
  expect_log "slangrag-ingest-$job.out" "exit 75"
  nothing_left
  stand_in
  again=$(submit ingest.sbatch -- slang.csv)
  ends_as "$again" COMPLETED 0:0
  # the batches in flight when the server was killed may come again: two calls at most
  expect "rows embedded" "$(texts | sort -u | wc -l)" "$ROWS"
  expect "more than the batches in flight again" "$(($(text_count) - ROWS > 256))" 0
  store_is_whole
}

scenario_a_cancelled_local_build_is_saved() {
  local job again
  mkdir local
  export SLANGRAG_LOCAL_DIR=$PWD/local
  stand_in STANDIN_MS_PER_ROW=20
  job=$(submit ingest.sbatch -- slang.csv)
  wait_embedded 200
  scancel "$job"
  wait_end "$job"
  nothing_left
  expect_log "slangrag-ingest-$job.out" "saved to $SLANGRAG_STORE.building/lexicon.sqlite3"
  stand_in
  again=$(submit ingest.sbatch -- slang.csv)
  ends_as "$again" COMPLETED 0:0
  expect_log "slangrag-ingest-$again.out" "going on with what job $job left"
  expect "more than the batches in flight again" "$(($(text_count) - ROWS > 256))" 0
  store_is_whole
}

scenario_a_local_build_goes_on_on_a_node_without_a_disk() {
  local job
  mkdir local-n1
  # shellcheck disable=SC2016  # the job's own variable
  echo '[ "${SLURMD_NODENAME:-}" = n2 ] || export SLANGRAG_LOCAL_DIR=$SLURM_SUBMIT_DIR/local-n1' >hook.sh
  export SLANGRAG_SETUP=$PWD/hook.sh
  stand_in STANDIN_MS_PER_ROW=20
  job=$(submit ingest.sbatch --nodelist=n1 -- slang.csv)
  wait_embedded 100
  scancel --batch --signal=USR1 "$job"
  until_true 30 "the job is back in the queue" has_restarted "$job"
  scontrol update jobid="$job" reqnodelist=n2
  ends_as "$job" COMPLETED 0:0
  expect_log "slangrag-ingest-$job.out" "building at $SLANGRAG_STORE"
  no_text_twice
  store_is_whole
  expect "scaffolding left" "$(find . -maxdepth 1 -name 'store.*')" ""
}

scenario_a_killed_node_loses_no_more_than_since_the_last_snapshot() {
  local job again saved=store.building/lexicon.sqlite3 kept
  mkdir local
  export SLANGRAG_LOCAL_DIR=$PWD/local SLANGRAG_SNAPSHOT_SECONDS=1
  stand_in STANDIN_MS_PER_ROW=20
  job=$(submit ingest.sbatch -- slang.csv)
  wait_embedded 200
  until_true 10 "there is a snapshot" test -s $saved
  scancel --full --signal=KILL "$job"
  wait_end "$job"
  until_true 10 "its processes are gone" nothing_runs
  kept=$(stored_rows $saved)
  expect "an empty snapshot" "$((kept == 0))" 0
  stand_in
  again=$(submit ingest.sbatch -- slang.csv)
  ends_as "$again" COMPLETED 0:0
  expect_log "slangrag-ingest-$again.out" "going on from"
  store_is_whole
  rm -rf local/slangrag-"$job"-*    # a killed job cannot clean up after itself
}

scenario_readers_keep_the_old_store_until_the_new_one_is_whole() {
  local job
  mkdir local
  export SLANGRAG_LOCAL_DIR=$PWD/local
  make_csv 300 >slang.csv
  job=$(submit ingest.sbatch -- slang.csv)
  ends_as "$job" COMPLETED 0:0
  expect "rows at first" "$(stored_rows store/lexicon.sqlite3)" 300
  make_csv 600 >slang.csv
  stand_in STANDIN_MS_PER_ROW=20
  job=$(submit ingest.sbatch -- slang.csv)
  wait_embedded 400
  expect "rows that readers see meanwhile" "$(stored_rows store/lexicon.sqlite3)" 300
  ends_as "$job" COMPLETED 0:0
  no_text_twice
  store_is_whole
}

scenario_a_store_on_a_shared_disk_is_built_on_the_nodes_own() {
  # A RAM disk stands for the shared one: neither is a disk of the node.
  local job shared
  shared=$(mktemp -d /dev/shm/slangrag-XXXXXX)
  mkdir tmp
  unset SLANGRAG_LOCAL_DIR
  export SLANGRAG_STORE=$shared/store TMPDIR=$PWD/tmp
  job=$(submit ingest.sbatch -- slang.csv)
  ends_as "$job" COMPLETED 0:0
  store_is_whole
  expect "left on the shared disk" "$(ls "$shared")" store
  rm -rf "$shared"
  expect_log "slangrag-ingest-$job.out" "building in $PWD/tmp/slangrag-$job-"
  expect "left on the node's disk" "$(ls tmp)" ""
}

scenario_building_on_nfs_is_warned_about() {
  local job
  mkdir bin
  # shellcheck disable=SC2016  # the job's own arguments
  printf '#!/bin/sh\ncase $2 in -c) [ "$3" != %%T ] || { echo nfs; exit; } ;; esac\nexec %s "$@"\n' "$(command -v stat)" >bin/stat
  chmod +x bin/stat
  job=$(PATH=$PWD/bin:$PATH submit ingest.sbatch -- slang.csv)
  ends_as "$job" COMPLETED 0:0
  expect_log "slangrag-ingest-$job.out" "WARNING: building on NFS"
}

scenario_two_jobs_do_not_build_one_store() {
  local first second
  stand_in STANDIN_MS_PER_ROW=20
  first=$(submit ingest.sbatch -- slang.csv)
  wait_embedded 50
  second=$(submit ingest.sbatch -- slang.csv)
  ends_as "$second" FAILED 4:0
  expect_log "slangrag-ingest-$second.out" "job $first .* is building"
  ends_as "$first" COMPLETED 0:0
  no_text_twice
  store_is_whole
}

scenario_a_taken_port_is_left_to_its_owner() {
  # The stranger answers as an Ollama does, and even has the model.
  local job port stranger
  port=$(python3 "$ROOT/slurm/probe.py" free-port 127.0.0.1)
  stand_in "STANDIN_LOG=$PWD/stranger.jsonl"
  OLLAMA_HOST=127.0.0.1:$port "$OLLAMA_CMD" serve >stranger.log 2>&1 &
  stranger=$!
  until_true 20 "the stranger answers" python3 "$ROOT/slurm/probe.py" missing "http://127.0.0.1:$port"
  stand_in
  export SLANGRAG_OLLAMA_PORT=$port
  job=$(submit ingest.sbatch -- slang.csv)
  wait_end "$job"
  expect "the stranger is alive" "$(kill -0 $stranger && echo yes)" yes
  kill $stranger
  wait $stranger || true
  ends_as "$job" COMPLETED 0:0
  expect_log "slangrag-ingest-$job.out" "attempt 2"
  expect "texts that the stranger got" "$(grep -c /api/embed stranger.jsonl || true)" 0
  no_text_twice
}

scenario_a_missing_model_stops_the_job_early_and_says_what_to_pull() {
  local job
  pulled
  job=$(submit ingest.sbatch -- slang.csv)
  ends_as "$job" FAILED 3:0
  expect_log "slangrag-ingest-$job.out" "nomic-embed-text is not in $OLLAMA_MODELS"
  expect_log "slangrag-ingest-$job.out" "OLLAMA_MODELS=$OLLAMA_MODELS $ROOT/slurm/pull.sh nomic-embed-text"
  expect "scaffolding left" "$(find . -maxdepth 1 -name 'store*')" ""
}

scenario_a_model_on_the_cpu_stops_the_job_unless_allowed() {
  local job
  stand_in STANDIN_VRAM=0
  job=$(submit ingest.sbatch -- slang.csv)
  ends_as "$job" FAILED 3:0
  expect_log "slangrag-ingest-$job.out" "runs on the CPU"
  expect "rows embedded" "$(text_count)" 0
  job=$(SLANGRAG_ALLOW_CPU=1 submit ingest.sbatch -- slang.csv)
  ends_as "$job" COMPLETED 0:0
  store_is_whole
}

scenario_a_csv_that_is_not_there_is_told_before_anything_starts() {
  local job
  job=$(submit ingest.sbatch -- absent.csv)
  ends_as "$job" FAILED 5:0
  expect_log "slangrag-ingest-$job.out" "absent.csv cannot be read"
  expect_no_log "slangrag-ingest-$job.out" "starting Ollama"
}

scenario_a_signal_during_start_up_requeues_the_job() {
  local job
  stand_in START_SECONDS=6
  job=$(submit ingest.sbatch -- slang.csv)
  until_true 30 "Ollama is starting" grep -q "starting Ollama" "slangrag-ingest-$job.out"
  scancel --batch --signal=USR1 "$job"
  until_true 30 "the job is back in the queue" has_restarted "$job"
  stand_in
  ends_as "$job" COMPLETED 0:0
  expect "requeues" "$(field "$job" Restarts)" 1
  no_text_twice
  store_is_whole
}

scenario_a_job_gives_up_at_the_restart_cap() {
  local job
  export SLANGRAG_MAX_RESTARTS=1
  stand_in STANDIN_MS_PER_ROW=40
  job=$(submit ingest.sbatch -- slang.csv)
  wait_embedded 60
  scancel --batch --signal=USR1 "$job"
  until_true 40 "the job runs again" grep -q "restart 1\] Ollama answers" "slangrag-ingest-$job.out"
  scancel --batch --signal=USR1 "$job"
  ends_as "$job" FAILED 75:0
  expect "requeues" "$(field "$job" Restarts)" 1
  expect_log "slangrag-ingest-$job.out" "giving up"
  stand_in
  job=$(submit ingest.sbatch -- slang.csv)
  ends_as "$job" COMPLETED 0:0
  no_text_twice
  store_is_whole
}

scenario_a_preempted_job_comes_back() {
  local job urgent
  stand_in STANDIN_MS_PER_ROW=20
  job=$(submit ingest.sbatch --partition=scavenge -- slang.csv)
  wait_embedded 100
  urgent=$(sbatch --parsable --partition=urgent --gres=gpu:4 --mem=1G --output=/dev/null --wrap 'sleep 3')
  wait_end "$urgent" 60
  ends_as "$job" COMPLETED 0:0
  expect "the urgent job" "$(field "$urgent" JobState)" COMPLETED
  expect "requeues" "$(field "$job" Restarts)" 1
  no_text_twice
  store_is_whole
}

# ---- arrays -----------------------------------------------------------------------------------------
submit_array() { # submit_array OPTIONS...: sets ARRAY ("" where nothing was missing) and MERGE
  "$ROOT/slurm/submit-array.sh" "$@" >submitted.log
  cat submitted.log
  ARRAY=$(sed -n 's/^array \([0-9]*\):.*/\1/p' submitted.log)
  MERGE=$(sed -n 's/^merge \([0-9]*\).*/\1/p' submitted.log)
}
no_shard_scaffolding() { expect "scaffolding left" "$(find store.shards -type f ! -name 'shard-*-of-4.sqlite3' ! -name '*.lock')" ""; }

scenario_an_array_and_its_merge_make_the_same_store() {
  local job single_start single array_start array
  stand_in STANDIN_MS_PER_ROW=30
  single_start=$(date +%s%N)
  job=$(SLANGRAG_STORE=$PWD/single/store submit ingest.sbatch -- slang.csv)
  ends_as "$job" COMPLETED 0:0
  single=$(($(date +%s%N) - single_start))
  no_text_twice
  rm "$REQUEST_LOG"
  array_start=$(date +%s%N)
  submit_array -n 4 -- slang.csv
  ends_as "$MERGE" COMPLETED 0:0
  array=$(($(date +%s%N) - array_start))
  echo "measured: $ROWS rows at 30 ms each: single job $((single / 1000000)) ms," \
    "four shards and merge $((array / 1000000)) ms ($((array * 100 / single)) %)"
  no_text_twice
  store_is_whole
  no_shard_scaffolding
  expect "the stores differ" "$(slangrag_rows single/store | cmp - <(slangrag_rows store) && echo same)" same
}

scenario_an_array_on_local_disks_makes_the_same_store() {
  mkdir local
  export SLANGRAG_LOCAL_DIR=$PWD/local
  submit_array -n 4 -p 2 -- slang.csv
  ends_as "$MERGE" COMPLETED 0:0
  no_text_twice
  store_is_whole
  no_shard_scaffolding
}

scenario_a_failed_shard_is_the_only_one_run_again() {
  # shellcheck disable=SC2016  # the job's own variable
  echo '[ "${SLURM_ARRAY_TASK_ID:-}" != 2 ] || [ -e mended ] || OLLAMA_CMD=false' >hook.sh
  export SLANGRAG_SETUP=$PWD/hook.sh
  submit_array -n 4 -- slang.csv
  wait_end "$ARRAY,$MERGE"
  expect "the failed shard" "$(field "${ARRAY}_2" JobState) $(field "${ARRAY}_2" ExitCode)" "FAILED 3:0"
  expect "the merge" "$(field "$MERGE" JobState)" CANCELLED
  touch mended
  submit_array -n 4 -- slang.csv
  expect_log submitted.log "shards 2 of 4"
  ends_as "$MERGE" COMPLETED 0:0
  no_text_twice
  store_is_whole
}

scenario_the_merge_waits_for_a_requeued_shard() {
  ROWS=2000
  make_csv $ROWS >slang.csv
  stand_in STANDIN_MS_PER_ROW=20
  submit_array -n 4 -- slang.csv
  wait_embedded 300
  expect "the merge" "$(field "$MERGE" JobState) $(field "$MERGE" Reason)" "PENDING Dependency"
  scancel --batch --signal=USR1 "${ARRAY}_1"
  until_true 40 "the shard runs again" grep -q "restart 1\] Ollama answers" "slangrag-shard-${ARRAY}_1.out"
  expect "the merge" "$(field "$MERGE" JobState) $(field "$MERGE" Reason)" "PENDING Dependency"
  ends_as "$MERGE" COMPLETED 0:0
  expect "requeues of shard 1" "$(field "${ARRAY}_1" Restarts)" 1
  expect "requeues of shard 0" "$(field "${ARRAY}_0" Restarts)" 0
  no_text_twice
  store_is_whole
}

scenario_an_incomplete_set_is_not_merged() {
  submit_array -n 4 -- slang.csv
  ends_as "$MERGE" COMPLETED 0:0
  rm -rf store store.shards/shard-1-of-4.sqlite3
  MERGE=$(SLANGRAG_SHARDS_DIR=$PWD/store.shards submit merge.sbatch)
  ends_as "$MERGE" FAILED 5:0
  expect_log "slangrag-merge-$MERGE.out" "1 of 4 shards are not finished: 1"
  expect "a store was made of it" "$(find . -maxdepth 1 -name store)" ""
}

# ---- serving ----------------------------------------------------------------------------------------
scenario_a_served_model_answers_from_outside() {
  local job server answer
  job=$(submit ingest.sbatch -- slang.csv)
  ends_as "$job" COMPLETED 0:0
  job=$(SLANGRAG_SERVE=ollama SLANGRAG_LOGIN=someone@login.example submit serve.sbatch)
  until_true 60 "the tunnel line is printed" grep -q 'ssh -N' "slangrag-serve-$job.out"
  server=$(sed -n 's/^.*-L 11435:127\.0\.0\.1:\([0-9]*\) someone@n[12]$/\1/p' "slangrag-serve-$job.out")
  expect_log "slangrag-serve-$job.out" "ssh -N -o ExitOnForwardFailure=yes -J someone@login.example -L 11435:127.0.0.1:$server someone@n[12]"
  expect_log "slangrag-serve-$job.out" "export OLLAMA_HOST=http://127.0.0.1:11435"
  answer=$(OLLAMA_HOST=http://127.0.0.1:$server SLANGRAG_CHAT_MODEL=llama3.1 slangrag ask --engine ollama --json "what does word17 mean")
  expect "the answer cites" "$(json 'len(d["citations"]) > 0' <<<"$answer")" True
  scancel "$job"
  wait_end "$job"
  expect "state" "$(field "$job" JobState)" CANCELLED
}

scenario_a_server_bound_to_an_address_prints_it_for_the_login_node() {
  local job
  job=$(SLANGRAG_SERVE=ollama SLANGRAG_BIND=localhost SLANGRAG_LOGIN=someone@login.example submit serve.sbatch)
  until_true 60 "the address is printed" grep -q 'To stop it' "slangrag-serve-$job.out"
  expect_log "slangrag-serve-$job.out" "export OLLAMA_HOST=http://localhost:[0-9]+"
  expect_log "slangrag-serve-$job.out" "-L 11435:localhost:[0-9]+ someone@login.example"
  scancel --batch --signal=USR1 "$job"    # what Slurm sends a minute before the time limit
  ends_as "$job" COMPLETED 0:0
}

scenario_a_page_is_served_and_its_token_stays_private() {
  local job out port token said
  job=$(submit ingest.sbatch -- slang.csv)
  ends_as "$job" COMPLETED 0:0
  job=$(SLANGRAG_LOGIN=someone@login.example submit serve.sbatch)
  out=slangrag-serve-$job.out
  until_true 60 "the address is printed" grep -q '^http://127.0.0.1:8600/#token=' "$out"
  expect "who may read the job's log" "$(stat -c %a "$out")" 600
  port=$(sed -n 's/^ *ssh -N .* -J someone@login.example -L 8600:127\.0\.0\.1:\([0-9]*\) someone@n[12]$/\1/p' "$out")
  token=$(sed -n 's/^http.*#token=//p' "$out")
  said=$(http "$port" /api/status "")
  expect "without the token" "$(json 'd["error"]["code"]' <<<"$said")" token_missing
  said=$(http "$port" /api/ask "$token" '{"question": "what does word17 mean"}')
  expect "the answer cites" "$(json 'len(d["citations"]) > 0 and d["engine"] == "ollama"' <<<"$said")" True
  scancel --batch --signal=USR1 "$job"    # what Slurm sends a minute before the time limit
  ends_as "$job" COMPLETED 0:0
  expect_log "$out" "stopped"
}
http() { # http PORT PATH TOKEN [JSON]
  python3 - "$@" <<'PY'
import sys, urllib.error, urllib.request
port, path, token, *body = sys.argv[1:]
headers = {"Host": "127.0.0.1:8600", "Content-Type": "application/json"}
if token:
    headers["Authorization"] = f"Bearer {token}"
data = body[0].encode() if body else None
try:
    print(urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers)).read().decode())
except urllib.error.HTTPError as error:
    print(error.read().decode())
PY
}

scenario_a_page_without_a_store_says_what_to_do() {
  local job
  job=$(submit serve.sbatch)
  ends_as "$job" FAILED 4:0
  expect_log "slangrag-serve-$job.out" "there is no store at .*: sbatch slurm/ingest.sbatch CSV"
}

scenario_an_interactive_node_answers_one_question() {
  local job
  job=$(submit ingest.sbatch -- slang.csv)
  ends_as "$job" COMPLETED 0:0
  srun --gres=gpu:1 --mem=4G bash "$ROOT/slurm/interactive.sh" slangrag ask --json "what does word17 mean" >answer.json 2>srun.log ||
    fail "srun: $(cat srun.log)"
  expect "the answer cites" "$(json 'len(d["citations"]) > 0' <answer.json)" True
}

scenario_models_are_pulled_on_the_login_node() {
  pulled
  "$ROOT/slurm/pull.sh" nomic-embed-text >pull.log 2>&1 || fail "pull.sh: $(cat pull.log)"
  expect_log pull.log "there in $OLLAMA_MODELS: nomic-embed-text"
  local job
  job=$(submit ingest.sbatch -- slang.csv)
  ends_as "$job" COMPLETED 0:0
}

scenario_the_guide_read_literally_leads_from_the_csv_to_an_answer() {
  # Every bash block of docs/cluster.md, in order, as a reader would type it in the checkout; where the
  # guide says that a job is done when squeue no longer shows it, we wait for that.
  local csv=${SLANGRAG_SHARED:-$ROOT/../shared}/data/urban_dictionary_2016_votes.csv block
  mkdir -p checkout/data
  cp -R "$ROOT/slurm" checkout/slurm
  rm -f checkout/slurm/setup.sh
  cd checkout || return
  if [ -r "$csv" ]; then
    cp "$csv" data/urbandict-word-defs.csv
    echo "with 8,595 real rows"
  else
    make_csv 8594 >data/urbandict-word-defs.csv
    echo '9999999,salty,5,1,tester,"Bitter about something small."' >>data/urbandict-word-defs.csv
    echo "with 8,595 generated rows"
  fi
  python3 - "$ROOT/docs/cluster.md" <<'PY'
import pathlib, re, sys
blocks = re.findall(r"^```bash\n(.*?)^```$", pathlib.Path(sys.argv[1]).read_text(), re.M | re.S)
for number, block in enumerate(blocks):
    pathlib.Path(f"block{number}.sh").write_text(block)
PY
  expect "fewer blocks than the guide has steps" "$(($(find . -name 'block*.sh' | wc -l) < 6))" 0
  for block in block?.sh; do
    echo "--- $(cat "$block")"
    bash -e "$block" >"$block.log" 2>&1 || fail "$(cat "$block.log")"
    until_true 280 "squeue is empty" no_own_jobs
  done
  expect_log block1.sh.log "there in $OLLAMA_MODELS"
  expect "the single job" "$(grep -l 'the store is ready' slangrag-ingest-*.out | wc -l)" 1
  expect_log block4.sh.log "salty"
  expect_no_log block4.sh.log "is not in the data"
  expect_log block5.sh.log "[Ss]alty"
  expect_no_log block5.sh.log "not in my data"
  expect "the merge" "$(grep -l 'the store is ready' slangrag-merge-*.out | wc -l)" 1
}
no_own_jobs() { ! squeue -h -o %Z | grep -qFx "$PWD"; }

scenario_the_ollama_on_path_does_as_well() {
  # The real one where it is installed with both models; elsewhere the stand-in, found as users find Ollama.
  local embed=${SLANGRAG_TEST_EMBED_MODEL:-nomic-embed-text} chat=${SLANGRAG_TEST_CHAT_MODEL:-llama3.1} job
  unset OLLAMA_CMD
  if [ -n "$REAL_OLLAMA" ] && has_model "$embed" && has_model "$chat"; then
    echo "measured: with $REAL_OLLAMA, $embed and $chat"
    export OLLAMA_MODELS=$REAL_MODELS SLANGRAG_ALLOW_CPU=1
  else
    echo "measured: no ollama with $embed and $chat on PATH, so with the stand-in under that name"
    embed=nomic-embed-text chat=llama3.1
    export PATH="$ROOT/tests/standin/bin:$PATH" STANDIN_POOLED=1
  fi
  export SLANGRAG_EMBED_MODEL=$embed SLANGRAG_CHAT_MODEL=$chat
  ROWS=100
  make_csv $ROWS >slang.csv
  job=$(submit ingest.sbatch -- slang.csv)
  ends_as "$job" COMPLETED 0:0
  store_is_whole
  srun --gres=gpu:1 --mem=4G bash "$ROOT/slurm/interactive.sh" slangrag ask --json "what does word17 mean" >answer.json 2>srun.log ||
    fail "srun: $(cat srun.log)"
  expect "the answer is empty" "$(json 'd["answer"] == ""' <answer.json)" False
}
has_model() { # has_model NAME[:TAG]: in the real server's folder
  local name=$1 tag=latest
  case $1 in *:*) name=${1%:*} tag=${1#*:} ;; esac
  [ -e "$REAL_MODELS/manifests/registry.ollama.ai/library/$name/$tag" ]
}

scenario_a_tuning_stops_before_its_limit_goes_on_and_leaves_the_store_alone() {
  local job before dir=$PWD/store.tune
  job=$(submit ingest.sbatch -- slang.csv)
  ends_as "$job" COMPLETED 0:0
  before=$(slangrag_rows "$SLANGRAG_STORE")
  PYTHONPATH=$ROOT "$STANDIN_PYTHON" -W ignore -c \
    'import sys; from pathlib import Path; from tests.trained import write_tiny_bert; write_tiny_bert(Path(sys.argv[1]))' \
    tiny || fail "no tiny model"
  export SLANGRAG_TUNE_TRAIN="--base $PWD/tiny --steps 900 --batch 16" SLANGRAG_TUNE_NAME=none
  export OMP_NUM_THREADS=1    # the scenarios beside this one would make torch's threads wait for each other
  job=$(submit tune.sbatch -- --no-model)
  # Many steps, and a line that is not the last one: on a fast machine a short training ends before it is stopped.
  until_true 120 "the training is under way" grep -qsE 'train: ([0-9]{1,2}|[1-8][0-9]{2}) of 900' "slangrag-tune-$job.out"
  scancel --batch --signal=USR1 "$job"
  until_true 60 "the job is back in the queue" has_restarted "$job"
  expect "the model before its end" "$([ -e "$dir/model" ] && echo there)" ""
  ends_as "$job" COMPLETED 0:0 600
  expect_log "slangrag-tune-$job.out" "stopped by SIGUSR1: [0-9]* of 900 steps"
  expect "queries made once" "$(grep -c 'queries: slangrag' "slangrag-tune-$job.out")" 1
  expect "steps in all" "$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["steps"])' "$dir/model/training.json")" 900
  expect "what was compared" "$([ -s "$dir/eval.json" ] && echo there)" there
  expect "the store" "$(slangrag_rows "$SLANGRAG_STORE")" "$before"
  slangrag tune adopt --dir "$dir" --force >adopt.log 2>&1 || fail "not adopted: $(cat adopt.log)"
  store_is_whole
}
