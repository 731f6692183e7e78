# Starts the service as a newcomer would and plays one story through its doors. Sourced by .ci/run.
# shellcheck shell=bash

POSTGRESQL_15=${POSTGRESQL_15:-/usr/lib/postgresql/15/bin}
SMOKE_USER=sitrep-smoke
# Seconds that a start may take, the building of the site included.
START_WITHIN=120
# Seconds that a clean stop may take.
STOP_WITHIN=30

# smoke_as_ordinary_user TREE: a fresh copy in the home of a user who owns nothing else. Run by an ordinary user: that one.
smoke_as_ordinary_user() {
  local folder
  folder=$(new_folder "$SMOKE_USER")
  copy_tree "$1" "$folder/tree"
  give_away "$SMOKE_USER" "$folder"
  serve_and_play "$SMOKE_USER" "$folder" "SECRET="
  [ ! -e "$folder/data/postgres/cluster/postmaster.pid" ] || fail 'the embedded database outlived the service'
  rm -rf "$folder"
}

# smoke_on_postgresql_15 TREE: a cluster of Debian's own server, reached by DATABASE_URL on a port of loopback.
smoke_on_postgresql_15() {
  [ -x "$POSTGRESQL_15/initdb" ] || fail "PostgreSQL 15 is not in $POSTGRESQL_15: apt-get install postgresql-15"
  local folder port
  folder=$(new_folder postgres)
  port=$(free_port)
  as postgres "$folder" "$POSTGRESQL_15/initdb" -D "$folder/cluster" -U sitrep -A trust -E UTF8 --no-sync >/dev/null
  as postgres "$folder" "$POSTGRESQL_15/pg_ctl" -D "$folder/cluster" -w -l "$folder/postgres.log" start \
    -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$folder" >/dev/null
  copy_tree "$1" "$folder/tree"
  give_away postgres "$folder"
  local database="DATABASE_URL=postgres://sitrep@127.0.0.1:$port/postgres"
  (serve_and_play postgres "$folder" "$database" 'SECRET=a-secret-of-this-run-that-is-long-enough') || local failed=yes
  as postgres "$folder" "$POSTGRESQL_15/pg_ctl" -D "$folder/cluster" -m fast stop >/dev/null
  [ -z "${failed:-}" ] || fail 'the story on PostgreSQL 15'
  rm -rf "$folder"
}

# serve_and_play USER FOLDER SETTING…: starts the service of FOLDER/tree, plays the story, stops it by SIGINT.
serve_and_play() {
  local user=$1 folder=$2 port service
  shift 2
  port=$(free_port)
  local settings=("PORT=$port" "DATA_DIR=$folder/data" "$@")
  (cd "$folder/tree" && as "$user" "$folder" env "${settings[@]}" npm start >"$folder/service.log" 2>&1) &
  service=$!
  if await_healthy "http://127.0.0.1:$port" "$service" &&
    (cd "$folder/tree" && as "$user" "$folder" env "${settings[@]}" \
      node_modules/.bin/node test/smoke.ts "http://localhost:$port" "$folder/service.log"); then
    stop_service "$service"
  else
    tail -n 40 "$folder/service.log" >&2
    stop_service "$service"
    fail "the story, with ${settings[*]%%=*}"
  fi
}

# await_healthy URL PID: until /healthz answers, the service dies, or START_WITHIN seconds have passed.
await_healthy() {
  local second
  for ((second = 0; second < START_WITHIN; second++)); do
    curl --silent --fail --noproxy '*' --output /dev/null "$1/healthz" && echo "healthy after ${second}s" && return 0
    kill -0 "$2" 2>/dev/null || return 1
    sleep 1
  done
  return 1
}

# The service is the last of a line of wrappers: all of that line, and nothing else, gets the signal.
stop_service() {
  local process
  for process in $(descendants "$1"); do kill -INT "$process" 2>/dev/null || true; done
  timeout "$STOP_WITHIN" tail --pid="$1" -f /dev/null || fail 'the service does not stop'
}

# Below npm there is a shell, and below that the service; its own children are its own business.
descendants() {
  local child
  for child in $(ps -o pid= --ppid "$1"); do
    case "$(ps -o comm= -p "$child")" in
      npm* | *sh | env | setpriv) descendants "$child" ;;
      *) echo "$child" ;;
    esac
  done
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

fail() {
  echo "FAILED: $*" >&2
  exit 1
}
