#!/usr/bin/env bash
# Applies stacks one after another: plan, guard, apply of that very plan, and a second plan that must be empty. What one stack ends with
# stops no other, since they share nothing; the exit code says whether any failed.
#
#   apply-stacks.sh <stack>...     in the registry's root
#
# TERRAFORM is the program, `terraform` unless given (`tofu` works too). Secrets come as TF_VAR_* and as the backend's own variables.
set -uo pipefail

terraform=${TERRAFORM:-terraform}
export TF_IN_AUTOMATION=1 TF_INPUT=0
plans=$(mktemp -d)
# A plan holds no secret, and its JSON may hold names; neither outlives the job.
trap 'rm -rf "$plans"' EXIT

apply() {
  local stack=$1 folder=dist/terraform/stacks/$1 lock=() probe=() tries changes
  [ -f "$folder/cdk.tf.json" ] || { echo "there is no stack $stack" >&2; return 1; }
  # A lock file that is committed is what was reviewed.
  [ -f "$folder/.terraform.lock.hcl" ] && lock=(-lockfile=readonly)
  # Whether there are logins to try. Terraform refuses a variable that a stack does not declare.
  tries=$(node -p '"probe" in (JSON.parse(fs.readFileSync(process.argv[1])).variable ?? {})' "$folder/cdk.tf.json") || return 1
  [ "$tries" = true ] && probe=(-var probe=true)
  "$terraform" -chdir="$folder" init -no-color "${lock[@]}" >"$plans/init.log" || { cat "$plans/init.log"; return 1; }
  "$terraform" -chdir="$folder" plan -no-color -lock-timeout=5m -detailed-exitcode -out="$plans/saved.tfplan"
  changes=$?
  case $changes in
    0) echo "$stack: nothing to do" ;;
    2)
      "$terraform" -chdir="$folder" show -json "$plans/saved.tfplan" >"$plans/plan.json" || return 1
      npm run --silent tenantry -- guard "$stack" "$plans/plan.json" || return 1
      "$terraform" -chdir="$folder" apply -no-color -lock-timeout=5m "$plans/saved.tfplan" || return 1
      ;;
    *) return 1 ;;
  esac
  [ "$changes" -eq 0 ] && [ ${#probe[@]} -eq 0 ] && return 0
  # Logs in as every login with what the store holds: a password that could not be written is recorded as written, and the next run, which
  # has nothing to do, would not tell.
  "$terraform" -chdir="$folder" plan -no-color -lock-timeout=5m -detailed-exitcode "${probe[@]}" >"$plans/second.log" 2>&1 && return 0
  echo "$stack: the second plan is not empty, or a login does not work" >&2
  cat "$plans/second.log"
  return 1
}

failed=()
for stack in "$@"; do
  echo "::group::$stack"
  apply "$stack" || failed+=("$stack")
  rm -f "$plans"/*
  echo '::endgroup::'
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "::error::failed: ${failed[*]}"
  exit 1
fi
