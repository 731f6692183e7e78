# Starts the service as a newcomer would and plays one story through its doors. Sourced by .ci/run.
# Every step is a line on stdout, "ok …" or "not ok …".
# shellcheck shell=bash

POSTGRESQL_15=${POSTGRESQL_15:-/usr/lib/postgresql/15/bin}
SMOKE_USER=sitrep-smoke
# Seconds that the story may take, the building of the site included.
STORY_WITHIN=240
# Seconds that a clean stop may take.
STOP_WITHIN=30

ok() { echo "ok $*"; }
fail() { echo "not ok $*" && return 1; }

# smoke_as_ordinary_user TREE: a fresh copy in the home of a user who owns nothing else. Run by an ordinary user: that one.
smoke_as_ordinary_user() {
  local folder
  folder=$(new_folder "$SMOKE_USER")
  copy_tree "$1" "$folder/tree"
  give_away "$SMOKE_USER" "$folder"
  serve_and_play "$SMOKE_USER" "$folder" 'an ordinary user' || true
  if [ -e "$folder/data/postgres/cluster/postmaster.pid" ]; then
    fail 'an ordinary user: the embedded database outlived the service' || true
  else ok 'an ordinary user: nothing is left running'; fi
  rm -rf "$folder"
}

# smoke_on_postgresql_15 TREE: a cluster of Debian's own server, reached by DATABASE_URL on a port of loopback.
smoke_on_postgresql_15() {
  [ -x "$POSTGRESQL_15/initdb" ] || fail "PostgreSQL 15: it is not in $POSTGRESQL_15 (apt-get install postgresql-15)"
  local folder port
  folder=$(new_folder postgres)
  port=$(free_port)
  as postgres "$folder" "$POSTGRESQL_15/initdb" -D "$folder/cluster" -U sitrep -A trust -E UTF8 --no-sync >/dev/null
  as postgres "$folder" "$POSTGRESQL_15/pg_ctl" -D "$folder/cluster" -w -l "$folder/postgres.log" start \
    -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$folder" >/dev/null 2>&1
  copy_tree "$1" "$folder/tree"
  give_away postgres "$folder"
  serve_and_play postgres "$folder" 'PostgreSQL 15' "DATABASE_URL=postgres://sitrep@127.0.0.1:$port/postgres" \
    'SECRET=a-secret-of-this-run-that-is-long-enough' || true
  as postgres "$folder" "$POSTGRESQL_15/pg_ctl" -D "$folder/cluster" -m fast stop >/dev/null
  rm -rf "$folder"
}

# serve_and_play USER FOLDER TITLE SETTING…: starts the service of FOLDER/tree, plays the story, presses Ctrl-C.
serve_and_play() {
  local user=$1 folder=$2 title=$3 port service played=yes
  shift 3
  port=$(free_port)
  local settings=("PORT=$port" "DATA_DIR=$folder/data" "$@")
  cd "$folder/tree" || return 1
  as "$user" "$folder" setsid env "${settings[@]}" npm start >"$folder/service.log" 2>&1 &
  service=$!
  as "$user" "$folder" env "${settings[@]}" timeout "$STORY_WITHIN" \
    node_modules/.bin/node test/smoke.ts "$title" "http://localhost:$port" "$folder/service.log" || played=no
  press_ctrl_c "$folder" "$service" "$title" || played=no
  [ "$played" = yes ] || { tail -n 40 "$folder/service.log" && false; }
}

# press_ctrl_c FOLDER PID TITLE: as a terminal does it, to npm and everybody below; PID waits for them.
press_ctrl_c() {
  local group
  group=$(group_below "$2")
  [ -z "$group" ] || kill -INT -- "-$group" 2>/dev/null || true
  if timeout "$STOP_WITHIN" tail --pid="$2" -f /dev/null; then ok "$3: Ctrl-C ends it"; else
    kill -KILL -- "-$group"
    fail "$3: Ctrl-C does not end it within $STOP_WITHIN seconds"
  fi
}

# The process group that `setsid` has made: the process itself, or its only child where the shell kept itself in between.
group_below() {
  local stat pid parent group
  for stat in /proc/[0-9]*/stat; do
    read -r pid _ _ parent group _ <<<"$(sed 's/(.*)/-/' "$stat" 2>/dev/null)" || continue
    if [ "$pid" = "$group" ] && { [ "$pid" = "$1" ] || [ "$parent" = "$1" ]; }; then echo "$group"; fi
  done | head -n 1
}

# as USER HOME COMMAND…: as that user when we are root, else as ourselves; with nothing of our environment.
as() {
  local user=$1 home=$2
  shift 2
  local clean=(env -i "PATH=$PATH" "HOME=$home" LANG=C.UTF-8)
  if [ "$(id -u)" -eq 0 ]; then setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups "${clean[@]}" "$@"; else "${clean[@]}" "$@"; fi
}

new_folder() {
  local folder
  [ "$(id -u)" -ne 0 ] || id "$1" >/dev/null 2>&1 || useradd --system --user-group --no-create-home "$1" >&2
  folder=$(mktemp -d /tmp/sitrep-smoke-XXXXXX)
  give_away "$1" "$folder"
  echo "$folder"
}

give_away() { [ "$(id -u)" -ne 0 ] || chown -R "$1:" "$2"; }

# What a clone and `npm ci` have: no data, no build, no history.
copy_tree() {
  mkdir -p "$2"
  tar -C "$1" --exclude=./.git --exclude=./data --exclude=./dist --exclude=./.astro -cf - . | tar -C "$2" -xf -
}

free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'; }
