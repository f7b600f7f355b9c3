#!/bin/sh
# Copies what a gateway keeps into a new folder, while it runs. Run it as the gateway's user, with Node 24 or newer.
#
#   backup.sh FOLDER TARGET [STORE [RECORDINGS [LEDGER]]]
#
# FOLDER has hoop.yaml. TARGET must not be there; it is as secret as FOLDER. STORE, RECORDINGS and LEDGER are paths,
# where gateway.store, gateway.recordings and gateway.ledger.folder are not hoop.db, recordings and recordings-ledger in FOLDER.
# A STORE that is postgres://… is copied by pg_dump, of the server's version or newer, with the password from PGPASSWORD or
# a password file (PGPASSFILE).
set -eu
umask 077

if [ $# -lt 2 ] || [ $# -gt 5 ]; then
  sed -n 's/^#   //p' "$0" >&2
  exit 64
fi
folder=$1
target=$2
store=${3:-$folder/hoop.db}
recordings=${4:-$folder/recordings}
ledger=${5:-$recordings-ledger}

[ -f "$folder/hoop.yaml" ] || { echo "there is no hoop.yaml in $folder" >&2; exit 66; }
case $store in
  postgres://* | postgresql://*) server=yes ;;
  *) server= ;;
esac
[ -n "$server" ] || [ -f "$store" ] || { echo "there is no store $store" >&2; exit 66; }
[ -d "$recordings" ] || { echo "there is no folder $recordings" >&2; exit 66; }

mkdir "$target"
# What links lead to, in place of the links.
cp -pL "$folder/hoop.yaml" "$target"
for part in keys secrets tls; do
  [ ! -d "$folder/$part" ] || cp -RpL "$folder/$part" "$target"
done

# The store before the recordings: every session that it knows has its recording then. In one transaction, so that it is the
# state of one moment, whatever the gateway writes meanwhile.
[ -z "$server" ] || pg_dump --format=custom --schema=hoop --no-owner --no-acl --file="$target/hoop.dump" "$store"
[ -n "$server" ] || node --input-type=module --eval '
  import { DatabaseSync } from "node:sqlite"
  const [store, copy] = process.argv.slice(1)
  const database = new DatabaseSync(store, { timeout: 10_000 })
  database.prepare("vacuum into ?").run(copy)
  database.close()
' "$store" "$target/hoop.db"

# The checkpoint first: what follows is at least as new, and a start publishes what is newer. Behind the store, which may know
# no more than the ledger, and before the recordings, which have all that it tells of.
if [ -f "$ledger/checkpoint" ]; then
  mkdir "$target/recordings-ledger"
  cp -p "$ledger/checkpoint" "$target/recordings-ledger"
  for part in contents tile rotations; do
    [ -d "$ledger/$part" ] || continue
    # A tile that isn't whole goes when the whole one is there, maybe in the middle of this: then once more.
    tries=1
    until cp -Rp "$ledger/$part" "$target/recordings-ledger" 2>"$target/.cp"; do
      [ $tries -lt 5 ] || { cat "$target/.cp" >&2; exit 74; }
      tries=$((tries + 1))
    done
    rm "$target/.cp"
  done
fi

# Of a session that is live, what is written so far. The lock, and which are open, are the running gateway’s.
cp -a "$recordings" "$target/recordings"
rm -rf "$target/recordings/.lock" "$target/recordings/.lock-journal" "$target/recordings/.open" "$target/recordings/.place"
sync
