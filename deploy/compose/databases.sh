#!/bin/sh
# Makes a database and its role for each service, and keeps each role out of the databases of the others.
# Runs on every start: what is there stays, and passwords are set to those that the services have.
set -eu

PGPASSWORD=$(cat /secrets/superuser)
export PGPASSWORD PGHOST=postgres PGUSER=postgres PGDATABASE=postgres

for share in /secrets/roles/*; do
    DATABASE=$(basename "$share") SHARE=$share psql -qAtX -v ON_ERROR_STOP=1 -f /compose/database.sql
done
psql -qX -v ON_ERROR_STOP=1 -c 'REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC'
