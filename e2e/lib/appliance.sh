# The appliance as its operator and its own record have it: never through our driver. Source it.
# shellcheck shell=bash disable=SC2154

# One command line, as a person types it.
rds() { # COMMAND
  ssh -n -F none -i "$(told key)" -p "$(told ssh | sed 's/.*://')" -o BatchMode=yes -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ConnectTimeout=10 "$(told user)@127.0.0.1" "$1"
}
items() { rds ':put [:serialize to=json value=[/disk/print as-value]]' | jq '[.[] | select(.type == "file")]'; }
item() { # SLOT [FIELD] : JSON, or one field as text
  items | jq -er --arg s "$1" --arg f "${2:-}" '.[] | select(.slot == $s) | if $f == "" then . else .[$f] // "" end'
}
files() { # of volumes
  rds ':put [:serialize to=json value=[/file/print as-value]]' |
    jq -r --arg b "$(told base-path | cut -c2-)/" '.[].name | select(startswith($b))'
}

# The doors that are open: for each a line, NQN and file.
doors() { find "$(told exports)" -type l -printf '%f %l\n'; }
doors_of() { # SLOT
  doors | grep -F "mikrotik:$1." | cut -d' ' -f1
}
# Loop devices on the appliance's files.
devices() { losetup -nlO NAME,BACK-FILE | awk -v d="$work/rds/" 'index($2, d) == 1 { print $1 }'; }

# The field of a record in a comment: 3 claim, 4 state, 6 holders (docs/reference/ledger.md).
recorded() { # SLOT FIELD
  item "$1" comment | cut -d' ' -f1 | cut -d: -f"$2"
}
holder() { # SLOT : NODE, or nothing
  recorded "$1" 6 | sed 's/@.*//;s/^-$//'
}
state() { recorded "$1" 4; }

# What the appliance was told since a mark, oldest first: time, outcome, line.
mark() { wc -l <"$work/rds/commands.log"; }
told_since() { # MARK
  tail -n "+$(($1 + 1))" "$work/rds/commands.log"
}
# Their places among these lines: of cuts, which switch off and record "cut", and of what switches on for NODE.
cuts() { # MARK SLOT
  told_since "$1" | grep -nE "slot=\"$2\".* nvme-tcp-export=\"no\" comment=\"[^\"]*:x:" | cut -d: -f1
}
openings() { # MARK SLOT NODE
  told_since "$1" | grep -nE "slot=\"$2\".*:h:[^\"]*[:,]$3@.* nvme-tcp-export=\"yes\"" | cut -d: -f1
}
cut_before_opening() { # MARK SLOT NODE : everybody was cut in a line before the first that lets NODE in
  local cut opening
  cut=$(cuts "$1" "$2" | head -n 1) opening=$(openings "$1" "$2" "$3" | head -n 1)
  echo "cut in line ${cut:-none}, opening in line ${opening:-none}"
  [ -n "$cut" ] && [ -n "$opening" ] && ((cut < opening))
}

# The next command line in which REGEX is found goes wrong.
fault() { # FAULT REGEX
  curl -sf --max-time 5 --data-binary "$1" "http://$(told control)/faults?on=$(jq -rn --arg r "$2" '$r | @uri')"
}
no_fault_waits() { [ -z "$(curl -sf --max-time 5 "http://$(told control)/faults")" ]; }
forget_faults() { curl -sf --max-time 5 -X DELETE "http://$(told control)/faults"; }
