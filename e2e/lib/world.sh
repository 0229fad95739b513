# The world of the scenarios: the control plane of e2e/kube, the simulator, and our processes and the sidecars as the
# pods of the chart have them. Source it after e2e/kube/lib.sh.
# shellcheck shell=bash disable=SC2154

driver=rds.csi.srvlab.io release=rds-csi system=rds-csi
nodes=(node-a node-b)
# The controllers' pods are on a node of their own: nodes that fall ill take the pods that are on them along.
control=control
work=$KUBE_DATA/e2e
kit() { "$KIT_HOME/kit.sh" "$@"; }

world_up() {
  if alive kube-apiserver && alive simulator; then
    say "going on with what is up in $KUBE_DATA"
    java_up
    return
  fi
  "$KIT_HOME/up.sh" --audit --nodes "${nodes[*]} $control"
  mkdir -p "$work"
  appliance_up
  java_up
  chart_up
  local node
  for node in "${nodes[@]}"; do plugin_up "$node"; done
  for node in "${nodes[@]}"; do wait_for 90 "the driver on $node" has_driver "$node"; done
  wait_for 90 'an attacher that leads' attacher_leader
  wait_for 90 'a provisioner that leads' leader rds-csi-srvlab-io
}

world_down() {
  resume_all
  "$KIT_HOME/down.sh"
  # What a failed scenario leaves: loop devices on the simulator's files.
  devices | xargs -r -n 1 losetup -d
}

# --- The appliance

appliance_up() {
  local ready
  mkfifo "$work/ready"
  start simulator sh -c "exec '$root/rds-csi' simulator --state '$work/rds' --latency '$latency' --nvme 127.0.0.1:0 --control 127.0.0.1:0 >'$work/ready'"
  # The first start after a build also makes a cache of its classes.
  read -r -t 150 ready <"$work/ready" || die "the simulator did not start: $(tail -5 "$KUBE_DATA/logs/simulator.log")"
  tr ' ' '\n' <<<"$ready" >"$work/simulator"
}
told() { sed -n "s/^$1=//p" "$work/simulator"; }

# --- The chart

chart_up() {
  local ssh nvme helm
  helm=$("$root/e2e/chart/helm/build")
  ssh=$(told ssh) nvme=$(told nvme)
  # The nodes share one machine, whose kubelet directory a chart can name only once: an empty one stands for it.
  mkdir -p "$work/kubelet/plugins_registry"
  cat >"$work/values.yaml" <<Y
image: {registry: registry.example.com/storage}
appliance:
  address: ${ssh%:*}
  port: ${ssh##*:}
  user: $(told user)
  hostKey: $(told host-key)
  basePath: $(told base-path)
nvme: {address: 127.0.0.1, port: ${nvme##*:}} # nodes here have loop devices; the controller knocks there
controller: {nodeSelector: {kubernetes.io/hostname: $control}}
node: {kubeletDir: $work/kubelet, loadKernelModule: false}
sidecars: {verbosity: 4}
Y
  kc create namespace $system >/dev/null
  kc create secret generic rds-csi-appliance -n $system --from-file=identity="$(told key)" >/dev/null
  HELM_CACHE_HOME=$work/helm HELM_CONFIG_HOME=$work/helm HELM_DATA_HOME=$work/helm KUBECONFIG=$KUBE_DATA/admin.kubeconfig \
    "$helm" install $release "$root/deploy/chart" -n $system -f "$work/values.yaml" >"$work/helm.out"
  wait_for 60 'the pods of the controllers' kc rollout status -n $system deployment/$release-controller --timeout=1s
  local pod
  for pod in $(pods_of controller); do
    controller_up "$pod"
    start_always "$pod-csi-provisioner" "$root/e2e/chart/pod" $system "$pod" csi-provisioner
    # By default it compares once a minute, and asks again what failed after up to 5 minutes.
    start_always "$pod-csi-attacher" "$root/e2e/chart/pod" $system "$pod" csi-attacher \
      --set "--reconcile-sync=$reconcile" --set --retry-interval-max=8s
    # The pod's own path to its socket is longer than a socket's may be.
    ln -s "$KUBE_DATA/nodes/$control/kubelet/pods/$(kc get pod -n $system "$pod" -o 'jsonpath={.metadata.uid}')/volumes/kubernetes.io~empty-dir/socket" "$work/${pod##*-}"
  done
}

controller_up() { # POD
  local option=(--unset --metrics)
  # All pods are on one network here, so each needs a port of its own.
  ! "$root/rds-csi" controller --help | grep -q -- --metrics || option=(--set --metrics=127.0.0.1:0)
  start_always "$1-rds-csi" "$root/e2e/chart/pod" $system "$1" rds-csi "${option[@]}"
}
serves() { # POD
  [[ "$(csi "$1" unpublish rds-csi-e2e-none node-a)" = OK ]]
}

pods_of() { # COMPONENT
  kc get pods -n $system -l app.kubernetes.io/component="$1" -o json |
    jq -r '.items[] | select(.metadata.deletionTimestamp == null) | .metadata.name'
}
leader() { # LEASE : the pod that holds it
  kc get lease -n $system "$1" -o 'jsonpath={.spec.holderIdentity}' | grep -oE "^$release-controller-[a-z0-9]+-[a-z0-9]+"
}
attacher_leader() { leader external-attacher-leader-rds-csi-srvlab-io; }

# The process in a loop of start_always.
program() { # NAME : its pid
  local pid when
  read -r pid when <"$KUBE_DATA/pids/$1"
  ps -o pid=,comm= --ppid "$pid" | awk '$2 != "sleep" { print $1; found = 1 } END { exit !found }'
}
signal() { # SIGNAL NAME
  kill "-$1" "$(program "$2")"
}

# --- Nodes

plugin_up() { # NODE
  local pod
  wait_for 60 "the node pod on $1" plugin_pod "$1"
  pod=$(plugin_pod "$1")
  start_always "plugin-$1" "$root/e2e/chart/pod" $system "$pod" rds-csi --on-host \
    --set "--endpoint=unix://$work/$1.sock" --set "--kubelet-dir=$KUBE_DATA/nodes/$1/kubelet" \
    --set --transport=loop --set "--loop-dir=$(told exports)"
  kit register "$1" "$work/$1.sock"
}
plugin_pod() { # NODE : its pod, once it runs
  kc get pods -n $system -l app.kubernetes.io/component=node --field-selector "spec.nodeName=$1,status.phase=Running" -o json |
    jq -er '[.items[] | select(.metadata.deletionTimestamp == null)][0].metadata.name'
}
plugin_down() { # NODE [SIGNAL]
  stop "register-$1-$1"
  stop "plugin-$1" "${2:-TERM}"
}
has_driver() { kc get csinode "$1" -o 'jsonpath={.spec.drivers[*].name}' | grep -qw "$driver"; }

# A node loses its power: kubelet, plugin, mounts and devices, without a word.
power_off() { # NODE
  local held
  held=$(awk -v d="$KUBE_DATA/nodes/$1/" 'index($2, d) == 1 && $1 ~ "^/dev/loop" { print $1 }' /proc/self/mounts | sort -u)
  plugin_down "$1" KILL
  kit node poweroff "$1"
  [ -z "$held" ] || xargs -n 1 losetup -d <<<"$held"
}
# Kubelet and plugin run; the plugin's pod may be another one than before.
node_up() { # NODE
  plugin_down "$1"
  alive "kubelet-$1" || kit node start "$1"
  promise "$1 is back" 60 node_ready "$1"
  plugin_up "$1"
  promise "$1 has the driver again" 90 has_driver "$1"
}
unknown() { [ "$(kc get node "$1" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')" = Unknown ]; }
uid_of() { kc get node "$1" -o 'jsonpath={.metadata.uid}'; }

# --- The API server

api_stop() {
  mapfile -d '' -t api_command <"/proc/$(cut -d' ' -f1 "$KUBE_DATA/pids/kube-apiserver")/cmdline"
  stop kube-apiserver KILL
}
api_start() {
  local from
  from=$(date -u +%FT%T.%6NZ)
  alive kube-apiserver || start kube-apiserver "${api_command[@]}"
  promise 'the API server is back' 90 kc get --raw /readyz
  printf '%s\t%s\n' "$from" "$(date -u +%FT%T.%6NZ)" >>"$work/api-starts"
}

# What the service accounts of the chart were refused, and whatever the node's asked, which has no reason to ask. Not while
# the API server started: it answers before it has read its own rules.
refused() {
  touch "$work/api-starts"
  jq -r --rawfile starts "$work/api-starts" --arg accounts "system:serviceaccount:$system:" --arg node "$release-node" '
    ($starts | split("\n") | map(select(. != "") | split("\t"))) as $starts
    | select(.user.username // "" | startswith($accounts))
    | select(.responseStatus.code == 403 or .user.username == $accounts + $node)
    | select(.requestReceivedTimestamp as $at | all($starts[]; $at < .[0] or $at > .[1]))
    | [.requestReceivedTimestamp, .responseStatus.code, .user.username, .verb, .requestURI] | @tsv' "$KUBE_DATA/audit.log"
}
api_pause() { signal_own STOP kube-apiserver; }
api_resume() { signal_own CONT kube-apiserver; }

signal_own() { # SIGNAL NAME : one that start started
  kill "-$1" "$(cut -d' ' -f1 "$KUBE_DATA/pids/$2")"
}
resume_all() {
  local name
  for name in "$KUBE_DATA"/pids/*; do
    name=${name##*/}
    ! alive "$name" || kill -CONT -- "-$(cut -d' ' -f1 "$KUBE_DATA/pids/$name")"
  done
}

# --- A client of the controllers

java_up() {
  # shellcheck source=/dev/null
  . "$root/bin/find-jdk.sh"
  find_jdk
  mkdir -p "$work/classes"
  "$JAVA_HOME/bin/javac" -proc:none -d "$work/classes" -cp "$root/driver/target/rds-csi/lib/*" "$root/e2e/lib/Csi.java"
}
csi() { # POD publish|unpublish VOLUME NODE [SECONDS]
  local pod=$1
  shift
  "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp "$work/classes:$root/driver/target/rds-csi/lib/*" \
    Csi "$work/${pod##*-}/csi.sock" "$@" 2>>"$work/csi.log"
}
