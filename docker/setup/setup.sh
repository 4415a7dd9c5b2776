#!/bin/sh
# Once: the example's two models, released, and a token with which the two agents enrol. Repeating it is safe.
set -eu
bundles=${BUNDLES:-/bundles}
token=${ENROLMENT:-/enrolment}/token

model() {
  name=$1 version=$2 task=$3 folder=$4
  hamon model show "$name@$version" >/dev/null 2>&1 && return 0
  hamon model show "$name" >/dev/null 2>&1 || hamon model create "$name" --task "$task"
  hamon model push "$name@$version" --bundle "$folder"
  hamon model release "$name@$version"
}

model surface-inspection 1.0.0 classification "$bundles/1.0.0"
model surface-inspection 2.0.0 classification "$bundles/2.0.0"
model surface-defects 1.0.0 detection "$bundles/surface-defects/1.0.0"

if [ ! -s "$token" ]; then
  hamon enrol-token create --uses 2 --ttl 24h --label site=compose --json >"$token.json"
  node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).token' "$token.json" >"$token"
  rm "$token.json"
fi
