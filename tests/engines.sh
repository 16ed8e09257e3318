#!/bin/sh
# Fetches Jena Fuseki, which the tests of remote stores run in a process of its own: with Maven, where that is there.
set -eu
version=5.6.0 # the newest that runs on Java 17
target=.venv/engines
if [ -f "$target/fuseki.jar" ]; then exit 0; fi
if ! command -v mvn >/dev/null 2>&1 || ! command -v java >/dev/null 2>&1; then
  echo "No Maven or no Java: the tests with Jena Fuseki are skipped. 'sudo apt-get install maven' brings both."
  exit 0
fi
echo "Fetching Jena Fuseki $version ..."
mvn -q -B dependency:copy -Dartifact=org.apache.jena:jena-fuseki-server:$version -DoutputDirectory="$target" \
  -Dmdep.stripVersion=true
mv "$target/jena-fuseki-server.jar" "$target/fuseki.jar"
