#!/bin/sh
# What the tests need besides Python's packages: installed where that can be done, else named. An absent program fails
# nothing: its tests are skipped, with the reason.
set -u

absent=''
need() { # a package of Debian, and a command that tells whether it is here
  package=$1
  shift
  "$@" >/dev/null 2>&1 || absent="$absent $package"
}
library() { # whether the loader finds a library
  { ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | grep -qF "$1"
}
look_for_browser() {
  absent=''
  need chromium command -v chromium
  need curl command -v curl
  need libatomic1 library libatomic.so.1 # the node that Playwright brings is linked to it
}

look_for_browser
if [ -n "$absent" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing what the tests need:$absent ..."
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  for package in $absent; do # one that a release lacks keeps no other one away
    apt-get install -y -qq "$package" >/dev/null || echo "apt-get could not install $package."
  done
  look_for_browser
fi

# Large, and few tests need them: named alone.
need nodejs command -v node
need npm command -v npm
need default-jre-headless command -v java
if [ -n "$absent" ]; then
  echo "Tests are skipped for want of:$absent"
  echo "On Debian and Ubuntu 'sudo apt-get install$absent' brings them; elsewhere the packages may have other names."
fi
exit 0
