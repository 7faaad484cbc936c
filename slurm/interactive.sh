#!/bin/bash
# A GPU node to try things on: Ollama for as long as the shell (or the one command) lasts.
#
#   srun --gres=gpu:1 --cpus-per-task=8 --mem=32G --time=1:00:00 --pty bash slurm/interactive.sh
#   srun --gres=gpu:1 ... bash slurm/interactive.sh slangrag ask "what does no cap mean"
# shellcheck source=slurm/lib.sh
source "$(dirname "$0")/lib.sh" || exit 2

ollama_start 127.0.0.1 || exit $?
need_models "$CHAT_MODEL" "$EMBED_MODEL" || exit $?
load_model "$EMBED_MODEL" embed || exit $?
load_model "$CHAT_MODEL" chat || exit $?
export SLANGRAG_STORE=$STORE SLANGRAG_ENGINE=ollama SLANGRAG_KEEP_ALIVE=-1
export SLANGRAG_CHAT_MODEL=$CHAT_MODEL SLANGRAG_EMBED_MODEL=$EMBED_MODEL
if [ $# -gt 0 ]; then
  work "$@"
else
  log "OLLAMA_HOST is $OLLAMA_HOST; try: slangrag ask \"what does no cap mean\". The server ends with this shell"
  bash -i
fi
code=$?
rm -f "$OLLAMA_LOG"
exit $code
