#!/bin/sh
# A bare Debian in a folder, where README.md is followed to the letter: what it says to install, the clone, `make serve`,
# the record that it names, `make test`. Tries the last commit, not the working tree. Needs root, debootstrap and unshare.
#
#   tools/bare_debian.sh [--suite NAME] [--mirror ADDRESS] [--without-updates] [--user] [--test COMMAND] [--keep] [FOLDER]
#
#   --suite            Debian's release: bookworm
#   --mirror           where packages come from: the first source of this machine's apt
#   --without-updates  the release as it is on the mirror, without its security updates and this machine's other sources
#   --user             README's commands are given by a user who may install nothing
#   --test COMMAND     instead of `make test`
#   --keep             leave the folder; the next run with it starts from there
#   FOLDER             where the root is made: a new one in /tmp, removed in the end
set -eu

suite=bookworm mirror='' updates=yes user=root command='make test' keep=no folder=''
while [ $# -gt 0 ]; do
  case $1 in
    --suite) suite=$2; shift ;;
    --mirror) mirror=$2; shift ;;
    --without-updates) updates=no ;;
    --user) user=reader ;;
    --test) command=$2; shift ;;
    --keep) keep=yes ;;
    -*) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) folder=$1 ;;
  esac
  shift
done
repository=$(cd "$(dirname "$0")/.." && pwd)

[ "$(id -u)" = 0 ] || { echo "bare_debian.sh mounts and changes its root: run it as root." >&2; exit 1; }
for program in debootstrap unshare git; do
  command -v $program >/dev/null || { echo "No $program: 'apt-get install debootstrap util-linux git' brings it." >&2; exit 1; }
done
if [ -z "$mirror" ]; then
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -1)
  [ -n "$mirror" ] || { echo "This machine's apt has no source: give one with --mirror." >&2; exit 1; }
fi
folder=${folder:-$(mktemp -d /tmp/bare-debian.XXXXXX)}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
[ "$folder" != / ] || exit 1

# Mounts and processes live in namespaces of their own and end with them, however this ends.
remove() { [ $keep = yes ] || rm -rf --one-file-system "$folder"; }
trap remove EXIT
trap 'exit 130' INT TERM HUP

if [ ! -e "$folder/etc/debian_version" ]; then
  echo "== Debian $suite, minbase, in $folder"
  debootstrap --variant=minbase "$suite" "$folder" "$mirror" >"$folder.log" 2>&1 || { tail -20 "$folder.log" >&2; exit 1; }
  rm -f "$folder.log"
fi

# How this machine reaches packages is no matter of what is tried: its sources, certificates and proxies hold inside.
cp /etc/resolv.conf /etc/hosts "$folder/etc/"
cp -r /etc/apt/apt.conf.d/. "$folder/etc/apt/apt.conf.d/"
rm -f "$folder"/etc/apt/apt.conf.d/*docker*  # deletes what was fetched, after each call
if [ $updates = yes ]; then
  rm -f "$folder/etc/apt/sources.list"
  for each in sources.list sources.list.d preferences.d auth.conf.d keyrings trusted.gpg.d; do
    [ ! -e "/etc/apt/$each" ] || cp -rT "/etc/apt/$each" "$folder/etc/apt/$each"
  done
else
  echo "deb $mirror $suite main" >"$folder/etc/apt/sources.list"
fi
[ ! -e /etc/pip.conf ] || cp /etc/pip.conf "$folder/etc/"
mkdir -p "$folder/etc/ssl/certs" "$folder/usr/local/share/ca-certificates"
cp -r /usr/local/share/ca-certificates/. "$folder/usr/local/share/ca-certificates/"
[ ! -e /etc/ssl/certs/ca-certificates.crt ] || cp -L /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/"
env | grep -E '^(PIP_CERT|PIP_INDEX_URL|PIP_DEFAULT_TIMEOUT|SSL_CERT_FILE|NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy)=' \
  | sed 's/^\([A-Za-z_]*\)=\(.*\)$/export \1="\2"/' >"$folder/etc/profile.d/packages.sh" || true

rm -rf "$folder/srv/kg.git"
git clone -q --bare --single-branch "$repository" "$folder/srv/kg.git"
packages=$(sed -n 's/.*apt-get install \([a-z0-9 -]*\)`.*/\1/p' "$repository/README.md" | head -1)
record=$(sed -n 's/.*\(http:\/\/127[^ ]*record\/[0-9]*\).*/\1/p' "$repository/README.md" | head -1)

cat >"$folder/srv/install.sh" <<EOF
set -eu
. /etc/profile.d/packages.sh
export DEBIAN_FRONTEND=noninteractive
echo "== apt-get install $packages"
apt-get update -qq
apt-get install -y -qq $packages >/dev/null
id reader >/dev/null 2>&1 || useradd -m reader
chown -R $user /srv/kg.git
EOF
cat >"$folder/srv/follow.sh" <<EOF
set -eu
. /etc/profile.d/packages.sh
cd
rm -rf kg
git clone -q /srv/kg.git kg
cd kg
echo "== \$(cat /etc/debian_version), \$(python3 --version), \$(dpkg-query -W python3.\$(python3 -c 'import sys; print(sys.version_info[1])') | tr '\t' ' '), as $user"
python3 -c 'import re; print("== repeats groups possessively:", re.match("(?:ab?c)++", "aca")[0] == "ac" and "rightly" or "wrongly")'
echo "== make serve"
python3 - <<PYTHON
import socket
try:
    socket.create_connection(("127.0.0.1", 8000)).close()
except OSError:
    raise SystemExit
raise SystemExit("Port 8000 is taken: end what listens there, since README's commands take it.")
PYTHON
setsid sh -c 'make serve; echo ended >>"\$HOME/serve.log"' >"\$HOME/serve.log" 2>&1 &
python3 - <<PYTHON || { cat "\$HOME/serve.log"; exit 1; }
import time, urllib.request
for _ in range(900):
    try:
        page = urllib.request.urlopen("$record").read()
        break
    except OSError as fault:
        if open("\$HOME/serve.log").read().endswith("ended\\n"):
            raise SystemExit(f"make serve ended: {fault}")
        time.sleep(1)
else:
    raise SystemExit("no answer after a quarter of an hour")
assert b"<h1" in page, page[:300]
data = urllib.request.urlopen(urllib.request.Request("$record", headers={"Accept": "text/turtle"}))
assert data.geturl() == "$record.ttl", data.geturl()
print("== served:", len(page), "bytes of page,", len(data.read()), "of Turtle from", data.geturl())
PYTHON
kill -TERM -\$!
wait || true
echo "== $command"
$command
EOF

run() { # a command of a user, in the root, with the kernel's folders and nothing left behind
  unshare --mount --pid --fork --kill-child --propagation private sh -euc '
    mount -t proc proc "$1/proc"
    mount --rbind /sys "$1/sys"
    mount --bind /dev "$1/dev"
    mount -t devpts devpts "$1/dev/pts" || mount --bind /dev/pts "$1/dev/pts"
    mount -t tmpfs tmpfs "$1/dev/shm"
    chroot "$1" su - "$2" -c "sh $3" || exit 1 # the shell stays the first process, which ends orphans
  ' sh "$folder" "$1" "$2"
}
run root /srv/install.sh
run $user /srv/follow.sh
echo "== passed"
