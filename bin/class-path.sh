# Sourced by ./rds-csi, bench/start and lab/run.

node_class_path() { # APP [AT]: what a node needs of the build in APP, as it lies there, or will lie in AT
  local jars driver at=${2:-$1}
  jars=$(<"$1/node.class-path") driver=("$1"/lib/driver-*.jar)
  printf '%s\n' "$at/${jars//:/:$at/}:$at/lib/${driver##*/}"
}
