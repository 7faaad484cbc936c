#!/usr/bin/env bash
# Several GPUs: an array that embeds the CSV in shards, and a merge that waits for all of it.
#
#   slurm/submit-array.sh -n SHARDS [-p AT_ONCE] [-d DIR] [sbatch options] -- [CSV] [options of slangrag ingest]
#
#   -n SHARDS    parts the CSV is cut into; two or three times the GPUs you hope for is a good number
#   -p AT_ONCE   tasks that may run at the same time (4)
#   -d DIR       where finished shards go (the store's path with .shards behind it)
#
# Run the same line again after a failure: only the shards that are missing are submitted, and the merge.
# sbatch options (--account=A --partition=P --time=T) go to both; MERGE_OPTIONS to the merge alone.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
usage() { sed -n '4,11s/^# \{0,1\}//p' "$0" >&2; exit 2; }

shards="" at_once=4 dir="" options=()
while [ $# -gt 0 ]; do
  case $1 in
    -n | -p | -d) [ $# -gt 1 ] || usage ;;&
    -n) shards=$2; shift 2 ;;
    -p) at_once=$2; shift 2 ;;
    -d) dir=$2; shift 2 ;;
    -h | --help) usage ;;
    --) shift; break ;;
    -*) options+=("$1"); shift ;;
    *) echo "submit-array: put -- before $1" >&2; usage ;;
  esac
done
[[ $shards =~ ^[1-9][0-9]*$ && $at_once =~ ^[1-9][0-9]*$ ]] || usage

export SLANGRAG_SLURM_DIR=$here SLANGRAG_SHARDS=$shards
# shellcheck source=slurm/lib.sh
SLANGRAG_SHARDS_DIR=${dir:-$(source "$here/lib.sh" && trap - EXIT && echo "$STORE.shards")}
mkdir -p "$SLANGRAG_SHARDS_DIR"
SLANGRAG_SHARDS_DIR=$(cd "$SLANGRAG_SHARDS_DIR" && pwd)
export SLANGRAG_SHARDS_DIR

others=$(find "$SLANGRAG_SHARDS_DIR" -maxdepth 1 -name 'shard-*-of-*' ! -name "shard-*-of-$shards.*" | head -n 1)
if [ -n "$others" ]; then
  echo "submit-array: $others is of another set: give that number of shards, or another -d DIR" >&2
  exit 2
fi
missing=""
for ((i = 0; i < shards; i++)); do
  [ -e "$SLANGRAG_SHARDS_DIR/shard-$i-of-$shards.sqlite3" ] || missing=$missing,$i
done
missing=${missing#,}

after=()
if [ -n "$missing" ]; then
  array=$(sbatch --parsable --array="$missing%$at_once" ${options[@]+"${options[@]}"} "$here/ingest-array.sbatch" "$@")
  array=${array%%;*}
  # if a task fails, the merge is cancelled instead of pending for ever
  after=(--dependency="afterok:$array" --kill-on-invalid-dep=yes)
  echo "array $array: shards $missing of $shards, $at_once at once, into $SLANGRAG_SHARDS_DIR"
else
  echo "all $shards shards are in $SLANGRAG_SHARDS_DIR"
fi
# shellcheck disable=SC2086  # MERGE_OPTIONS is a list of words
merge=$(sbatch --parsable ${after[@]+"${after[@]}"} ${options[@]+"${options[@]}"} ${MERGE_OPTIONS:-} "$here/merge.sbatch")
merge=${merge%%;*}
echo "merge $merge${array:+: starts when every task of $array is done}"
echo "watch:  squeue -r -j ${array:+$array,}$merge"
echo "logs:   tail -F ${array:+slangrag-shard-${array}_*.out }slangrag-merge-$merge.out"
