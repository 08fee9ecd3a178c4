#!/bin/sh
# Checks the types of the modules against the API reference of the platform at $1: `make web-types`.
# What is vendored is minified, so the check reads a copy of the modules with declarations next to it.
set -eu
cd "$(dirname "$0")"
trap 'rm -rf .checked' EXIT
npm ci --silent
npx openapi-typescript "$1/openapi.json" --default-non-nullable=false -o types/api.d.ts >/dev/null
rm -rf .checked
cp -r lyceum_web/static .checked
rm .checked/vendor/*.js
cp types/vendor/*.d.ts .checked/vendor/
npx tsc --project tsconfig.json
