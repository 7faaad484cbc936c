#!/bin/bash
# Fetches models into OLLAMA_MODELS, on a machine with internet (a login node); compute nodes often have none.
#
#   slurm/pull.sh [MODEL...]        (nomic-embed-text llama3.1)
# shellcheck source=slurm/lib.sh
source "$(dirname "$0")/lib.sh" || exit 2

[ $# -gt 0 ] || set -- "$EMBED_MODEL" "$CHAT_MODEL"
SLANGRAG_PULL=1
ollama_start 127.0.0.1 || exit $?
need_models "$@" || exit $?
log "there in $OLLAMA_MODELS: $*"
rm -f "$OLLAMA_LOG"
