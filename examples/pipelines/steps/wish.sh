#!/usr/bin/env bash
# Writes the wish of a switch-over into the stack's configuration file: STATE, FAILOVER_TO and LOST; `none` removes what was
# there. examples/switchover is a program that reads them. They come by the environment and go on as arguments: whoever may
# start this job must not be able to write shell text.
set -euo pipefail

set_or_remove() {
	if [[ "$2" == none ]]; then
		pulumi config rm -- "$1"
	else
		pulumi config set --plaintext -- "$1" "$2"
	fi
}

set_or_remove state "$STATE"
set_or_remove failoverTo "$FAILOVER_TO"
set_or_remove lost "$LOST"
