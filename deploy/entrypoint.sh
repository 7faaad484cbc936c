#!/bin/sh
# What the container runs: `serve` (with a token of its own, once there is a store), or any other slangrag command.
#
#   SLANGRAG_DATA   the volume: store and token                (/data)
#   SLANGRAG_BIND   address inside the container               (0.0.0.0)
#   SLANGRAG_PORT   port inside the container                  (8600)
set -eu
data=${SLANGRAG_DATA:-/data}
export SLANGRAG_STORE="${SLANGRAG_STORE:-$data/store}"
if [ "$(id -u)" = 0 ]; then
  echo "slangrag: not as root: leave out --user, or give another" >&2
  exit 2
fi
if [ "${1:-serve}" != serve ]; then exec slangrag "$@"; fi
[ $# -eq 0 ] || shift

token=$data/token
if [ ! -s "$token" ]; then
  umask 077
  head -c 24 /dev/urandom | base64 | tr '+/' '-_' >"$token.new"
  mv "$token.new" "$token"
fi

# As process 1 a shell is not ended by a signal that it does not trap; `wait` lets the trap run at once.
trap 'exit 0' TERM INT
told=""
while :; do
  code=0
  said=$(slangrag store info --json 2>&1) || code=$?
  case $code:$said in
    0:*'"state": "complete"'*) break ;;    # one load came to its end; another may be under way
    0:*) said="the store in $SLANGRAG_STORE is being made" ;;
    4:*) ;;
    *) echo "$said" >&2; exit "$code" ;;
  esac
  if [ -z "$told" ]; then
    echo "$said" >&2
    echo "The page starts by itself once there is a store. To make it:" >&2
    echo "    docker compose -f deploy/compose.yaml run --rm slangrag ingest /csv/FILE.csv" >&2
    told=1
  fi
  sleep 2 &
  wait $!
done
trap - TERM INT
exec slangrag serve --host "${SLANGRAG_BIND:-0.0.0.0}" --port "${SLANGRAG_PORT:-8600}" --token-file "$token" "$@"
