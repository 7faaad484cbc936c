#!/usr/bin/env bash
# From nothing to a cited answer. Usage: demo.sh SLANGRAG (the console script of a virtual environment).
set -euo pipefail
slangrag=$1
export SLANGRAG_STORE=.demo/store SLANGRAG_ENGINE=embedded
question="what does rizz mean"

say() { printf '\n\033[1m$ slangrag %s\033[0m\n' "$*"; }

say models pull --engine embedded
"$slangrag" models pull --engine embedded
say ingest --sample
"$slangrag" ingest --sample
say "ask \"$question\""
"$slangrag" ask "$question"
say "ask \"$question\" --generate"
"$slangrag" ask "$question" --generate

cat <<'NEXT'

That was the embedded engine: no server, no GPU, no network after the first download. Its model is tiny, so the
definitions answered, and then it tried. With Ollama, Llama 3.1 explains in its own words, each sentence marked by how
it stands to the sources: ollama pull llama3.1 && slangrag ask ... --model llama3.1 --engine ollama. Next:

  export PATH="$PWD/.venv/bin:$PATH" SLANGRAG_STORE=.demo/store
  slangrag ask "what does it mean to ghost someone"
  slangrag define salty
  slangrag search "the word for when someone stops replying to you"
  slangrag serve                                              # a page: http://127.0.0.1:8600/
  slangrag ingest urbandict-word-defs.csv --store ./store     # your own data: see data/README.md
NEXT
