#!/usr/bin/env bash
# Runs the browser tests against a server, a workspace and settings of their own,
# all in one temporary folder. Arguments go to Playwright.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../tests/browser"

CHROMIUM=$(../../scripts/find-chromium.sh)
MISTUDIO_TEST_ROOT=$(mktemp -d "${TMPDIR:-/tmp}/mistudio-browser-XXXXXX")
MISTUDIO_TEST_PORT=${MISTUDIO_TEST_PORT:-$(python -c '
import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])')}
export CHROMIUM MISTUDIO_TEST_ROOT MISTUDIO_TEST_PORT
trap 'rm -rf "$MISTUDIO_TEST_ROOT"' EXIT

if ! node_modules/.bin/playwright test "$@"; then
  mkdir -p test-results
  cp "$MISTUDIO_TEST_ROOT/server.log" test-results/ 2>/dev/null || true
  echo "The server's log is tests/browser/test-results/server.log; its end:" >&2
  tail -n 20 test-results/server.log >&2 || true
  exit 1
fi
