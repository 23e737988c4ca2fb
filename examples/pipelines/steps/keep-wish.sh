#!/usr/bin/env bash
# Pushes the wish that was just switched over to as a branch, to be merged at once: as long as the main branch wishes the
# state of before, the next run on it plans the way back.
set -euo pipefail

branch="switch-over-$RUN"
git switch --quiet --create "$branch"
git -c user.name=switch-over -c user.email=switch-over@localhost commit --quiet \
	--message "Switched over: $STATE" --message "$STORAGE_REPLICATION_REASON" -- "Pulumi.$PULUMI_STACK.yaml"
git push --quiet origin "$branch"
echo "Merge $branch now: until then the next run on the main branch plans the way back."
