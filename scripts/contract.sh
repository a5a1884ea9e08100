#!/usr/bin/env bash
# Writes what is derived from the pydantic models: the OpenAPI document, and from
# it the types of the browser. With --check nothing is written, and a stale file
# is an error.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

document=docs/openapi.json
types=labextension/src/api/contract.ts

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

python -m mistudio_ext.server.openapi --write "$made/openapi.json"
node_modules/.bin/openapi-typescript "$made/openapi.json" --output "$made/contract.ts" >"$made/log" 2>&1 ||
  { cat "$made/log" >&2; exit 1; }

if [[ "${1:-}" != --check ]]; then
  mkdir -p "$(dirname "$document")" "$(dirname "$types")"
  cp "$made/openapi.json" "$document"
  cp "$made/contract.ts" "$types"
  echo "Wrote $document and $types."
  exit
fi

stale=0
diff -u "$document" "$made/openapi.json" | head -40 || stale=1
diff -u "$types" "$made/contract.ts" | head -40 || stale=1
if ((stale)); then
  echo "The contract changed and these files did not: run 'make contract' and commit them." >&2
  exit 1
fi
echo "The contract is up to date."
