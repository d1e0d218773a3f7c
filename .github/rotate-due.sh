#!/usr/bin/env bash
# Edits the file of every tenant with a password that is due, one step for each of its backing services, and says in Markdown on standard
# output what was done and what only a person can do. The day is given: nothing else here asks a clock.
#
#   rotate-due.sh <date>     in the registry's root
set -uo pipefail

day=$1
due=$(npm run --silent tenantry -- due --as-of "$day" --json)
code=$?
# 3: something is due.
case $code in
  0) echo "Nothing is due on $day."; exit 0 ;;
  3) ;;
  *) echo "$due" >&2; exit "$code" ;;
esac

echo "What time has made due by $day. Each step touches one login; merge it, and the next comes once it is applied."
echo
jq -r '.due[] | select(.rotates) | "\(.tenant) \(.credential)"' <<<"$due" | sort -u | while read -r tenant credential; do
  if said=$(npm run --silent tenantry -- rotate "$tenant" --credential "$credential" --on "$day" 2>&1 </dev/null); then
    echo "- $(head -n 1 <<<"$said")"
  else
    echo "- **by hand**: $(head -n 1 <<<"$said")"
  fi
done
jq -r '.due[] | select(.rotates | not) | "- **by hand**: \(.file): \(.path), due since \(.since)"' <<<"$due"
