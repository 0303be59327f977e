#!/bin/bash
# Runs once, when the postgres container makes its database: the same roles, rights and extensions as config/embedded.py.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set owner_password="$OWNER_PASSWORD" --set application_password="$APPLICATION_PASSWORD" <<'SQL'
CREATE ROLE plumbline_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE plumbline_app LOGIN PASSWORD :'application_password';
ALTER DATABASE plumbline OWNER TO plumbline_owner;
REVOKE ALL ON DATABASE plumbline FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE plumbline TO plumbline_app;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS unaccent;
ALTER SCHEMA public OWNER TO plumbline_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO plumbline_app;
ALTER DEFAULT PRIVILEGES FOR ROLE plumbline_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO plumbline_app;
ALTER DEFAULT PRIVILEGES FOR ROLE plumbline_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO plumbline_app;
SQL
