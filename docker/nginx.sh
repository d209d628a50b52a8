#!/bin/sh
# Starts nginx in front of the nodes, in a container and in `npm run cluster` alike.
#   TANDEM_NODES   addresses of the nodes, with spaces between: "node-1:4000 node-2:4000"
#   TANDEM_LISTEN  what nginx listens on (8080)
#   TANDEM_RUN     a folder it may write to (/tmp/tandem-nginx)
set -eu

: "${TANDEM_NODES:?say which nodes there are, for example TANDEM_NODES=\"node-1:4000 node-2:4000\"}"
listen=${TANDEM_LISTEN:-8080}
run=${TANDEM_RUN:-/tmp/tandem-nginx}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

servers=
for node in $TANDEM_NODES; do
  servers="${servers}server ${node} max_fails=1 fail_timeout=2s; "
done

mkdir -p "$run"
# & \ and | mean something to sed.
plain() { printf '%s' "$1" | sed 's/[&\\|]/\\&/g'; }
sed -e "s|\${TANDEM_RUN}|$(plain "$run")|g" \
  -e "s|\${TANDEM_LISTEN}|$(plain "$listen")|g" \
  -e "s|\${TANDEM_SERVERS}|$(plain "$servers")|g" \
  "$here/nginx.conf.template" >"$run/nginx.conf"

exec nginx -p "$run" -e stderr -c "$run/nginx.conf" "$@"
