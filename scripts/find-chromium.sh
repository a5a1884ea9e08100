#!/usr/bin/env bash
# Prints the path of a Chromium. Where there is none it is installed, if this is
# root on a Debian or Ubuntu; else a sentence says what to do.
set -euo pipefail

find_one() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
    "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    # Ubuntu has scripts of these names that only say how to get the real thing.
    if command -v "$name" >/dev/null && "$name" --version >/dev/null 2>&1; then
      command -v "$name"
      return
    fi
  done
  return 1
}

if [[ -n "${CHROMIUM:-}" ]]; then
  echo "$CHROMIUM"
  exit
fi
find_one && exit
if [[ "$(id -u)" == 0 ]] && command -v apt-get >/dev/null; then
  echo "No Chromium found: installing it with apt-get." >&2
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >&2 </dev/null
  find_one && exit
fi
echo "The browser tests need Chromium and found none. Install it (on Debian: sudo apt-get install chromium)," \
  "or set CHROMIUM to the path of a Chromium or Chrome." >&2
exit 1
