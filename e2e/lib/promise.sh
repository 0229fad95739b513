# How a script says what holds. Source it.
# shellcheck shell=bash

# Runs a command until it holds, and prints for how long that was; after SECONDS it is a failure, with what the command
# said at last.
promise() { # WHAT SECONDS COMMAND...
  local what=$1 first=$SECONDS until=$((SECONDS + $2)) began said
  shift 2
  began=$(now)
  until said=$("$@" 2>&1); do
    if ((SECONDS >= until)); then
      printf '  FAIL  %s\n' "$what"
      [ -z "$said" ] || tail -n 20 <<<"$said" | sed 's/^/        /'
      return 1
    fi
    # Exact where it is quick, easy on the processors where it is not.
    sleep $((SECONDS - first > 5)).1
  done
  printf '  ok    %-84s %6s s\n' "$what" "$(since "$began")"
}

now() { date +%s%N; }
since() { # NANOSECONDS : seconds, one decimal
  local tenths=$((($(now) - $1) / 100000000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

never() { ! "$@"; }
