#!/bin/sh
# What the tests need besides Python packages: a browser. Installed where that can be done, else named.
set -eu
if command -v chromium >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Debian's Chromium for the browser tests ..."
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
else
  echo "No chromium: the browser tests are skipped. 'sudo apt-get install chromium' brings it."
fi
