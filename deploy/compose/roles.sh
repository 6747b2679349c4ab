#!/bin/sh
# Run once by a new database (docker-entrypoint-initdb.d): a role for each process; `majlis migrate` gives the rights.
set -eu
for process in gateway worker actions rasa; do
  psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v role="majlis_$process" -v password="$ROLES_PASSWORD" <<'SQL'
create role :"role" login password :'password';
SQL
done
