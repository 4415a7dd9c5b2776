#!/bin/sh
# Makes the secrets of compose.yaml, once: docker/secrets/* and docker/.env. Those that are there stay.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets

make() {
  [ -s "secrets/$1" ] || head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >"secrets/$1"
  cat "secrets/$1"
}

{
  echo "POSTGRES_PASSWORD=$(make postgres)"
  echo "BROKER_PASSWORD=$(make broker)"
  echo "HAMON_ADMIN_TOKEN=$(make admin-token)"
  echo "HAMON_METRICS_TOKEN=$(make metrics-token)"
  echo "AGENT_TOKEN=$(make agent-token)"
  echo "GRAFANA_PASSWORD=$(make grafana)"
} >.env
# Prometheus reads these two as a user of its own.
chmod 755 secrets
chmod 644 secrets/metrics-token secrets/agent-token
echo "docker/.env is made. The admin token, and the password of Grafana's user admin, are in it." >&2
