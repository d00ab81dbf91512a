#!/usr/bin/env bash
# Puts the real livekit-server and the foreign participants where the tests look for them
# (LiveKitInstall), once per version. May be interrupted and run again: what is not whole is not there.
set -euo pipefail
cd "$(dirname "$0")/.."

SERVER=1.11.0
PYTHON=1.2.1
GO=2.10.0
cache=$HOME/.cache/livekit-bridge
sources=$PWD/bridge-server/src/test/livekit/go

say() { printf '\n== %s\n' "$*"; }

# need COMMAND-THAT-SUCCEEDS-WHERE-IT-IS-HERE PACKAGE...
missing=()
need() { eval "$1" >/dev/null 2>&1 || missing+=("${@:2}"); }
install() {
  [ ${#missing[@]} -eq 0 ] && return
  say "installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}"
  missing=()
}

mkdir -p "$cache"
exec 9>"$cache/.lock"
flock 9
partial=$cache/.partial
rm -rf "$partial"
trap 'rm -rf "$partial"' EXIT

server=$cache/livekit-server-$SERVER
if [ ! -x "$server/bin/server" ]; then
  need "command -v go" golang-go
  install
  say "building livekit-server $SERVER (some minutes)"
  GOFLAGS= GOBIN=$partial/bin go install "github.com/livekit/livekit-server/cmd/server@v$SERVER"
  rm -rf "$server"
  mv "$partial" "$server"
fi

python=$cache/python-livekit-$PYTHON
if [ ! -x "$python/bin/python" ]; then
  need "python3 -c 'import ensurepip, venv'" python3 python3-venv
  install
  say "installing the Python participant (livekit $PYTHON)"
  python3 -m venv "$partial"
  "$partial/bin/pip" install -q --disable-pip-version-check "livekit==$PYTHON"
  rm -rf "$python"
  mv "$partial" "$python"
fi

# Rebuilt when its sources change, which takes seconds.
go=$cache/go-livekit-$GO
sum=$(cat "$sources"/main.go "$sources"/go.mod "$sources"/go.sum | sha256sum)
if [ "$(cat "$go/sources" 2>/dev/null)" != "$sum" ]; then
  need "command -v go" golang-go
  need "command -v pkg-config" pkg-config
  need "pkg-config --exists opus" libopus-dev
  need "pkg-config --exists opusfile" libopusfile-dev
  need "pkg-config --exists soxr" libsoxr-dev
  install
  say "building the Go participant (server-sdk-go $GO, some minutes at first)"
  mkdir -p "$partial/bin"
  (cd "$sources" && GOFLAGS= go build -o "$partial/bin/participants" .)
  echo "$sum" >"$partial/sources"
  rm -rf "$go"
  mv "$partial" "$go"
fi

"$python/bin/python" -c 'import livekit.rtc'
say "LiveKit to test against: $("$server/bin/server" --version 2>/dev/null | head -n 1), participants by Python $PYTHON and Go $GO"
