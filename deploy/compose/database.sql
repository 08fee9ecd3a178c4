-- Makes one service's database. psql reads the password itself, so that it stands in no command line.
\getenv database DATABASE
\set role :database _service
\set password `cat "$SHARE"`

-- PostgreSQL has no IF NOT EXISTS for roles and databases: the statement is generated only if it is needed.
SELECT format('CREATE ROLE %I LOGIN', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec

ALTER ROLE :"role" PASSWORD :'password';

SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'role')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec

REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
