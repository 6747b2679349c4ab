#!/bin/sh
# Run once by a new database (docker-entrypoint-initdb.d): a role for each process; `majlis migrate` gives the rights.
set -eu
make_role() {
  psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v role="majlis_$1" -v password="$2" <<'SQL'
create role :"role" login password :'password';
SQL
}
# A password each: with a common one, who breaks into the gateway could come back as the worker.
make_role gateway "$GATEWAY_PASSWORD"
make_role worker "$WORKER_PASSWORD"
make_role actions "$ACTIONS_PASSWORD"
make_role rasa "$RASA_PASSWORD"
