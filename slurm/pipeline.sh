#!/usr/bin/env bash
# The whole way in one line: models, a look at what it will take, the store, its checks, the page, as dependent jobs.
#
#   slurm/pipeline.sh [-n SHARDS [-p AT_ONCE]] [-e QUESTIONS] [--no-serve] [sbatch options] CSV [options of slangrag ingest]
#   slurm/pipeline.sh --status
#
#   -n SHARDS      several GPUs: an array of so many shards and a merge, instead of one job
#   -p AT_ONCE     shards that may run at the same time (4)
#   -e QUESTIONS   also measure retrieval with these questions (slangrag eval)
#   --no-serve     end with the checked store
#   --status       where the chain of the store stands, and what to type next; submits nothing
#
# Run the same line again to go on after a failure: only what lacks is submitted. sbatch options (--account=A
# --partition=P, with = and before the CSV) go to every job; INDEX_OPTIONS, MERGE_OPTIONS and SERVE_OPTIONS to those
# alone. With SLANGRAG_PULL=1 the jobs fetch the models, and the login node fetches none.
usage() { sed -n '4,16s/^# \{0,1\}//p' "$0" >&2; exit 2; }
typed=${SLANGRAG_STORE:+SLANGRAG_STORE=$(printf %q "$SLANGRAG_STORE") }$(printf '%q ' "$0" "$@")
typed="cd $(printf %q "$PWD") && ${typed% }"
unset SLANGRAG_CHAIN SLANGRAG_STEP    # of another chain
# shellcheck source=slurm/lib.sh
source "$(dirname "$0")/lib.sh" || exit 2
trap - EXIT USR1 TERM INT
export SLANGRAG_SLURM_DIR=$SLURM_FOLDER SLANGRAG_CHAIN
chains=$STORE.chains

# ---- what Slurm knows of a chain's jobs -----------------------------------------------------------------
declare -A JOB_STATE JOB_REASON JOB_START
ask_slurm() {
  local id state start reason answer
  need_command squeue
  answer=$(squeue --noheader --array --user="$(id -un)" --states=all --format='%i %T %S %r') || die 2 "squeue does not answer: try again later"
  JOB_STATE=() JOB_REASON=() JOB_START=()
  while read -r id state start reason; do
    id=${id:-none}
    JOB_STATE[$id]=$state JOB_START[$id]=$start JOB_REASON[$id]=$reason
  done <<<"$answer"
}
jobs_of() { # jobs_of STEP: the ids given out for it; of an array, those of its tasks
  local id known ids=()
  [ ! -r "$SLANGRAG_CHAIN/$1.job" ] || read -ra ids <"$SLANGRAG_CHAIN/$1.job"
  for id in "${ids[@]}"; do
    [ "$1" = shards ] || { echo "$id"; continue; }
    for known in "${!JOB_STATE[@]}"; do [ "${known%_*}" != "$id" ] || echo "$known"; done
  done
}
is_live() { # is_live STEP ID: it waits for what can come, runs, or is ending and has not said how
  local exit
  case ${JOB_STATE[$2]:-} in
    "" | COMPLETED | FAILED | CANCELLED | TIMEOUT | PREEMPTED | *_FAIL | OUT_OF_MEMORY | DEADLINE) return 1 ;;
    PENDING) [[ ${JOB_REASON[$2]} != DependencyNeverSatisfied* ]] ;;
    COMPLETING)
      exit=$(receipt_field "$1$(sed -n 's/.*_/:/p' <<<"$2")" exit)
      [ -z "$exit" ] || [ "$exit" = 75 ] ;;
  esac
}
live_jobs() { local id; for id in $(jobs_of "$1"); do ! is_live "$1" "$id" || echo "$id"; done; }
# Tasks of the array that neither left their shard and receipt nor are on the way to it, as sbatch wants them.
missing_shards() {
  local task shards on_the_way
  shards=$(chain_field shards) on_the_way=$(live_jobs shards)
  for ((task = 0; task < shards; task++)); do
    receipt_counts "shards:$task" || grep -q "_$task\$" <<<"$on_the_way" || echo "$task"
  done | paste -sd ,
}

# is_done STEP: by its own receipt, or because what it was for is done
is_done() {
  receipt_counts "$1" && return
  case $1 in
    pull | prepare) is_done "$(following "$1")" ;;
    shards) receipt_counts merge ;;
    *) return 1 ;;
  esac
}
following() { local step; for step in $(chain_field steps); do [ "$(forerunner "$step")" != "$1" ] || { echo "$step"; return; }; done; }

# ---- where the chain stands -----------------------------------------------------------------------------
step_word() { # step_word STEP: in a word, how it is with it
  local id exit states
  states=$(for id in $(live_jobs "$1"); do echo "${JOB_STATE[$id]}"; done)
  # of an array, others may still be at work: what waits for it is cancelled already
  if [ "$1" = shards ] && [ -n "$states" ] && [ -n "$(missing_shards)" ]; then echo failed; return; fi
  case $states in
    *RUNNING*) echo running; return ;;
    *PENDING*) echo waiting; return ;;
    ?*) tr '[:upper:]' '[:lower:]' <<<"${states%%$'\n'*}"; return ;;
  esac
  if [ "$1" != serve ] && is_done "$1"; then echo "done"; return; fi
  exit=$(receipt_field "$1" exit)
  id=$(jobs_of "$1" | tail -n 1)
  [ "$1" != shards ] || exit=$(cat "$SLANGRAG_CHAIN"/shards-*.receipt 2>/dev/null | sed -n 's/^exit \([^0]\)/\1/p' | head -n 1)
  case $exit in
    0) if [ "$1" = serve ]; then echo ended; else echo outdated; fi ;;    # the store, or the questions, changed
    75) echo stopped ;;
    ?*) echo failed ;;
    *)
      if [ -z "$(cat "$SLANGRAG_CHAIN/$1.job" 2>/dev/null)" ]; then echo "to do"
      elif [ -z "$id" ] || [ -z "${JOB_STATE[$id]:-}" ]; then echo lost    # Slurm forgot it, and it left nothing
      else
        case ${JOB_STATE[$id]} in
          PENDING) echo cancelled ;;    # Slurm will never start it
          COMPLETED) echo lost ;;
          *) tr '[:upper:]' '[:lower:]' <<<"${JOB_STATE[$id]}" ;;
        esac
      fi ;;
  esac
}
shards_there() {
  local task
  for ((task = 0; task < $(chain_field shards); task++)); do ! receipt_counts "shards:$task" || echo; done | wc -l
}
log_of() { # log_of STEP: of its last job; of an array, of a task that failed, if one did
  local id log task=""
  id=$(sed 's/.* //' "$SLANGRAG_CHAIN/$1.job" 2>/dev/null)
  [ "$1" != shards ] || task=$(grep -l '^exit [^0]' "$SLANGRAG_CHAIN"/shards-*.receipt 2>/dev/null | sed -n '1s/.*shards-\(.*\)-of-.*/_\1/p')
  for log in "$SLANGRAG_CHAIN"/*-"${id:-none}$task".out "$SLANGRAG_CHAIN"/*-"${id:-none}"_*.out; do
    [ ! -e "$log" ] || { echo "$log"; return; }
  done
}
show_status() {
  local step word said next="" log jobs ended
  SLANGRAG_CHAIN=$chains/current
  if [ ! -r "$SLANGRAG_CHAIN/chain" ]; then
    echo "no chain was ever submitted for $STORE"
    echo "next: $0 CSV"
    return
  fi
  SLANGRAG_CHAIN=$(realpath "$SLANGRAG_CHAIN")
  ask_slurm
  echo "$(chain_field csv) $(chain_field options)-> $STORE (chain $(chain_field key))"
  printf '%-9s %-10s %-10s %-26s %s\n' step state job when "what"
  for step in $(chain_field steps); do
    word=$(step_word "$step") log=$(log_of "$step")
    said=$(receipt_field "$step" did)
    jobs=$(live_jobs "$step") ended=$(receipt_field "$step" ended)
    case $word in
      waiting) said=${JOB_REASON[${jobs%%$'\n'*}]} ;;
      running) said=$log ended="since ${JOB_START[${jobs%%$'\n'*}]}" ;;
    esac
    if [ "$step" = shards ]; then said="$(shards_there) of $(chain_field shards) are there"; fi
    printf '%-9s %-10s %-10s %-26s %s\n' "$step" "$word" "$(cat "$SLANGRAG_CHAIN/$step.job" 2>/dev/null || echo -)" "$ended" "$said"
    case $word in
      done) ;;
      running) [ "$step" = serve ] && : "${next:="cat $log (what to type and what to open)"}"; : "${next:="wait; tail -F $log"}" ;;
      waiting | completing | suspended | configuring | requeue*) : "${next:="wait: $step has not started"}" ;;
      ended) : "${next:="to serve again: $(chain_field line)"}" ;;
      "to do" | outdated) : "${next:=$(chain_field line)}" ;;
      *) : "${next:="${log:+tail $log; }then: $(chain_field line)"}" ;;
    esac
  done
  echo "next: ${next:-nothing: export SLANGRAG_STORE=$STORE}"
}

# ---- what was typed ---------------------------------------------------------------------------------------
shards="" at_once=4 questions="" serve=serve options=() csv="" ingest_options=()
while [ $# -gt 0 ]; do
  case $1 in
    -n | -p | -e) [ $# -gt 1 ] || usage ;;&
    -n) shards=$2; shift ;;
    -p) at_once=$2; shift ;;
    -e) questions=$2; shift ;;
    --no-serve) serve="" ;;
    --status) show_status; exit ;;
    -h | --help) usage ;;
    --) ;;
    *)
      if [ -n "$csv" ]; then ingest_options+=("$1")
      elif [ "${1#-}" = "$1" ]; then csv=$1
      else options+=("$1")
      fi ;;
  esac
  shift
done
[[ $csv && ${shards:-1} =~ ^[1-9][0-9]*$ && $at_once =~ ^[1-9][0-9]*$ ]] || usage
take_csv "$csv" "${ingest_options[@]}"
csv=$(realpath "$CSV")
[ -z "$questions" ] || [ -r "$questions" ] || die 5 "$questions cannot be read"
need_command sbatch
need_command "${SLANGRAG[0]}"
case $shards:${ingest_options[*]} in
  ?*:*--prune* | ?*:*--reembed* | ?*:*--rejects*) die 2 "--prune, --reembed and --rejects are for a single job: leave out -n" ;;
esac
steps="prepare $([ -n "$shards" ] && echo shards merge || echo index) verify${questions:+ evaluate}${serve:+ $serve}"
[ "${SLANGRAG_PULL:-0}" = 1 ] || steps="pull $steps"

# ---- which chain --------------------------------------------------------------------------------------------
mkdir -p "$chains" || die 4 "$chains cannot be made"
exec 8>"$chains/lock"
flock -n 8 || die 4 "another pipeline.sh is submitting for $STORE: try again in a moment"
csv_digest=$(digest "$csv")
key=$(printf '%s\n' "$csv_digest" "$EMBED_MODEL" "${ingest_options[@]}" | sha256sum | cut -c 1-12)
ask_slurm
if [ -r "$chains/current/chain" ]; then
  SLANGRAG_CHAIN=$(realpath "$chains/current")
  for step in $(chain_field steps); do
    # what was begun for something else, or in another way, must come to its end first; a server may go on
    case " $steps serve evaluate " in *" $step "*) [ "$(chain_field key)" != "$key" ] || [ "$(chain_field shards)" != "$shards" ] || continue ;; esac
    under_way=$(live_jobs "$step" | paste -sd ' ')
    [ -z "$under_way" ] || [ "$step" = serve ] ||
      die 4 "$step of another chain is under way for $STORE ($(chain_field csv) $(chain_field options)): wait for it, or scancel $under_way"
  done
fi
SLANGRAG_CHAIN=$chains/$key
mkdir -p "$SLANGRAG_CHAIN" || die 4 "$SLANGRAG_CHAIN cannot be made"
{
  printf '%s\n' "key $key" "csv $csv" "csv_digest $csv_digest" "options $([ ${#ingest_options[@]} = 0 ] || printf '%q ' "${ingest_options[@]}")" \
    "model $EMBED_MODEL" "steps $steps" "shards $shards" "shards_dir $SLANGRAG_CHAIN/shards-of-$shards" "line $typed" \
    "questions ${questions:+$(realpath "$questions")}" "questions_digest ${questions:+$(digest "$questions")}" >"$SLANGRAG_CHAIN/chain.new" &&
    mv "$SLANGRAG_CHAIN/chain.new" "$SLANGRAG_CHAIN/chain" && ln -sfn "$key" "$chains/current"
} || die 4 "$SLANGRAG_CHAIN cannot be written"
export SLANGRAG_LOG_DIR=${SLANGRAG_LOG_DIR:-$SLANGRAG_CHAIN}

# ---- what lacks -----------------------------------------------------------------------------------------------
# FATE: done, live (on its way) or new. Nothing behind a new one is kept: it would go on with what was before.
declare -A FATE WAITS
fate() { # fate STEP FATE_OF_FORERUNNER
  case $1 in
    pull) echo new; return ;;    # every time, since models can be removed; those that are there are not fetched
    shards) if [ -n "$(missing_shards)" ]; then echo new; elif [ -n "$(live_jobs shards)" ]; then echo live; else echo "done"; fi; return ;;
  esac
  if [ "$2" = new ]; then echo new
  elif [ -n "$(live_jobs "$1")" ]; then echo live
  elif [ "$2" = "done" ] && [ "$1" != serve ] && is_done "$1"; then echo "done"
  else echo new
  fi
}
lacks=""
for step in $steps; do
  before=$(forerunner "$step")
  case $before in "" | pull) FATE[$step]=$(fate "$step" "done") ;; *) FATE[$step]=$(fate "$step" "${FATE[$before]}") ;; esac
  [ "$step" = pull ] || [ "${FATE[$step]}" != new ] || lacks="$lacks $step"
done
if [ -z "$lacks" ]; then
  echo "nothing lacks"
  show_status
  exit
fi
if [[ $steps = pull* ]]; then
  SLANGRAG_STEP=pull "$SLURM_FOLDER/pull.sh" "$EMBED_MODEL" ${serve:+"$CHAT_MODEL"} ||
    die 3 "the models cannot be fetched here. Where they are there already, or jobs can fetch them: SLANGRAG_PULL=1"
fi

# ---- submitted, all of it before any of it starts ---------------------------------------------------------------
given_out=()
submit() { # submit STEP SCRIPT [SBATCH OPTIONS...] [-- ARGUMENTS...]: sets WAITS[STEP], what the next step waits for
  local step=$1 script=$2 before own=() id on_the_way
  shift 2
  while [ $# -gt 0 ] && [ "$1" != -- ]; do own+=("$1"); shift; done
  [ $# -eq 0 ] || shift
  before=$(forerunner "$step")
  on_the_way=$(live_jobs "$step" | paste -sd ' ')
  if [ "$step" != shards ]; then    # an earlier job for it waits for another, perhaps for ever
    for id in $(jobs_of "$step"); do
      if is_live "$step" "$id" || [ "${JOB_STATE[$id]:-}" = PENDING ]; then scancel "$id"; fi
    done
    on_the_way=""
  fi
  # if what it waits for fails, it is cancelled instead of pending for ever
  [ -z "${WAITS[${before:-none}]:-}" ] || own+=("--dependency=afterok:${WAITS[$before]}" --kill-on-invalid-dep=yes)
  case $before:${FATE[${before:-none}]:-} in pull:* | :* | *:done | *:live) own+=(--hold) ;; esac
  if ! id=$(SLANGRAG_STEP=$step sbatch --parsable --output="$SLANGRAG_CHAIN/%x-%j.out" "${own[@]}" "${options[@]}" "$SLURM_FOLDER/$script" "$@"); then
    [ ${#given_out[@]} = 0 ] || scancel "${given_out[@]}"
    die 2 "sbatch refused $step; nothing was started. Mend it and type: $typed"
  fi
  id=${id%%;*}
  rm -f "$SLANGRAG_CHAIN/$step.receipt"    # of an earlier job
  given_out+=("$id")
  WAITS[$step]=$(tr ' ' : <<<"${on_the_way:+$on_the_way }$id")
  echo "${on_the_way:+$(tr ' ' '\n' <<<"$on_the_way" | cut -d _ -f 1 | sort -u | paste -sd ' ') }$id" >"$SLANGRAG_CHAIN/$step.job"
}
read -ra index_options <<<"${INDEX_OPTIONS:-}"
read -ra merge_options <<<"${MERGE_OPTIONS:-}"
read -ra serve_options <<<"${SERVE_OPTIONS:-}"
export SLANGRAG_SHARDS=$shards SLANGRAG_SHARDS_DIR=$SLANGRAG_CHAIN/shards-of-$shards
for step in $steps; do
  if [ "${FATE[$step]}" != new ]; then
    [ "${FATE[$step]}" = "done" ] || WAITS[$step]=$(live_jobs "$step" | paste -sd :)
    continue
  fi
  case $step in
    prepare) submit prepare prepare.sbatch -- "$csv" "${ingest_options[@]}" ;;
    index) submit index ingest.sbatch "${index_options[@]}" -- "$csv" "${ingest_options[@]}" ;;
    shards)
      submit shards ingest-array.sbatch --array="$(missing_shards)%$at_once" --output="$SLANGRAG_CHAIN/%x-%A_%a.out" "${index_options[@]}" \
        -- "$csv" "${ingest_options[@]}" ;;
    merge) submit merge merge.sbatch "${merge_options[@]}" ;;
    verify) submit verify verify.sbatch ;;
    evaluate) submit evaluate evaluate.sbatch ;;
    serve) submit serve serve.sbatch "${serve_options[@]}" ;;
  esac
done
echo "submitted:$lacks"
# also what an interrupted run of this script left on hold
ask_slurm
for step in $steps; do
  for id in $(live_jobs "$step"); do
    [ "${JOB_REASON[$id]}" != JobHeldUser ] || scontrol release "$id"
  done
done
show_status
echo "watch: $0 --status"
