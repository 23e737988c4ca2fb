#!/usr/bin/env bash
# What would happen: preview.json for machines, summary.md for people. Nothing is sent to any array.
# Arguments go to pulumi preview: `--save-plan plan.json` keeps the plan that up.sh runs, from the same preview.
# Ends as pulumi does, after the summary is written: why something is refused has to be read, too. Neither of the two is
# printed here: runners take lines of their log for commands (`##vso[`, `::`), and disks may be called like one.
set -euo pipefail

ended=0
pulumi preview --non-interactive --json "$@" > preview.json || ended=$?
npx --no -- storage-replication ci-summary preview.json > summary.md
exit "$ended"
