#!/bin/sh
# A browser for the tests of the page: Debian's Chromium, where this user may install it and none is on PATH.
# Where it cannot be had that is no failure: those tests are skipped, and say so.
set -eu

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "no browser is on PATH, and none can be installed here: the tests of the page will be skipped"
    exit 0
fi
echo "installing chromium for the tests of the page"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-liberation; } >"$log" 2>&1
then
    tail -n 3 "$log"
    echo "chromium could not be installed: the tests of the page will be skipped"
fi
