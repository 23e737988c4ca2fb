#!/usr/bin/env bash
# Has somebody changed what a program declares? Sends nothing and stores nothing. Exit codes: 0 no; 7 yes; any other: it
# could not be looked, which is no answer.
set -uo pipefail

drifted=7

# The program against the arrays: would an up do anything?
pulumi preview --non-interactive --diff --expect-no-changes
program=$?
# The state against the arrays: did anything change since the last up, also what an up would leave as it is? With
# --run-program the hosts are asked that the configuration names now, not those of the last up.
pulumi refresh --non-interactive --diff --preview-only --expect-no-changes --run-program
state=$?

# What could not be looked at comes first.
for ended in "$program" "$state"; do
	if [[ "$ended" != 0 && "$ended" != "$drifted" ]]; then exit "$ended"; fi
done
if [[ "$program" != 0 || "$state" != 0 ]]; then exit "$drifted"; fi
