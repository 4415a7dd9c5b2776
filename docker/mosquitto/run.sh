#!/bin/sh
# Mosquitto with the accounts that the control plane writes: waits for them, and reads them again when they have changed.
# run.sh CONFIGURATION FOLDER [PROGRAM]
set -eu
configuration=$1
accounts=$2
program=${3:-mosquitto}

until [ -s "$accounts/passwd" ] && [ -s "$accounts/acl" ]; do sleep 1; done
"$program" -c "$configuration" &
broker=$!
trap 'kill -TERM "$broker" 2>/dev/null' TERM INT

state() { cksum "$accounts/passwd" "$accounts/acl"; }
known=$(state)
while kill -0 "$broker" 2>/dev/null; do
  # A sleep of its own, so that a signal ends the wait at once.
  sleep 1 &
  wait $! || true
  now=$(state) || continue
  if [ "$now" != "$known" ]; then
    known=$now
    kill -HUP "$broker" 2>/dev/null || true
  fi
done
wait "$broker"
