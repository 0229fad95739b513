# What people do with a cluster, and what they look at. Each scenario has a namespace of its own, $ns. Source it.
# shellcheck shell=bash disable=SC2154

get() { kc get -n "$ns" "$@"; }
is() { # KIND NAME JSONPATH VALUE
  local found
  found=$(get "$1" "$2" -o "jsonpath=$3") && [ "$found" = "$4" ] || { echo "$1 $2 $3: '$found', not '$4'"; return 1; }
}
gone() { # KIND NAME : asked and not there
  local found
  found=$(get "$1" "$2" --ignore-not-found -o name) && [ -z "$found" ] || { echo "$1 $2: $found"; return 1; }
}
bound() { is pvc "$1" '{.status.phase}' Bound; }
runs() { is pod "$1" '{.status.phase}' Running; }

make() { kc create -n "$ns" -f - >/dev/null; } # of what is on standard input, all at once
claim() { claim_object "$@" | make; }
claim_object() { # NAME [ACCESS-MODE] [VOLUME-MODE]
  cat <<Y
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: $1}
spec:
  storageClassName: rds
  accessModes: [${2:-ReadWriteOnce}]
  volumeMode: ${3:-Filesystem}
  resources: {requests: {storage: 64Mi}}
Y
}
claimed() { # NAME... : makes them and waits until they are bound
  local name
  for name; do claim_object "$name"; done | make
  for name; do promise "claim $name is bound" 60 bound "$name"; done
}
pod() { pod_object "$@" | make; }
pod_object() { # NAME NODE CLAIM [block]
  local use='volumeMounts: [{name: data, mountPath: /data}]'
  [ "${4:-}" != block ] || use='volumeDevices: [{name: data, devicePath: /dev/data}]'
  cat <<Y
---
apiVersion: v1
kind: Pod
metadata: {name: $1}
spec:
  nodeSelector: {kubernetes.io/hostname: $2}
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: 1
  containers: [{name: main, image: none, $use}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: $3}}]
Y
}
pod_running() { # NAME NODE CLAIM [block]
  pod "$@"
  promise "pod $1 on $2 runs" 90 runs "$1"
}
delete() { kc delete -n "$ns" "$@" --wait=false >/dev/null; }
delete_pod() { # NAME
  delete pod "$1"
  promise "pod $1 is gone" 60 gone pod "$1"
}

volume_of() { get pvc "$1" -o 'jsonpath={.spec.volumeName}'; } # CLAIM : its PersistentVolume
slot_of() { kc get pv "$(volume_of "$1")" -o 'jsonpath={.spec.csi.volumeHandle}'; }

# As in the pod: the kubelet's own mount, or device.
path() { kit path "$1" "$2" "$ns"; } # NODE CLAIM
writes() { echo "$3" >"$(path "$1" "$2")/mark" && sync -f "$(path "$1" "$2")/mark"; } # NODE CLAIM TEXT
reads() { # NODE CLAIM TEXT
  local found
  found=$(cat "$(path "$1" "$2")/mark") && [ "$found" = "$3" ] || { echo "read '$found', not '$3'"; return 1; }
}

in_use() { # NODE SLOT
  kc get node "$1" -o 'jsonpath={.status.volumesInUse}' | grep -F "^$2"
}

# An attachment by hand, as the attach/detach controller makes them.
attach() { # NAME CLAIM NODE
  kc apply -f - >/dev/null <<Y
apiVersion: storage.k8s.io/v1
kind: VolumeAttachment
metadata: {name: $1}
spec:
  attacher: $driver
  nodeName: $3
  source: {persistentVolumeName: $(volume_of "$2")}
Y
}
detach() { kc delete volumeattachment --wait=false "$@" >/dev/null; } # NAME...
attachments() { # CLAIM [NODE] : their names
  local volume
  volume=$(volume_of "$1") || return
  kc get volumeattachments -o json | jq -r --arg v "$volume" --arg n "${2:-}" \
    '.items[] | select(.spec.source.persistentVolumeName == $v and ($n == "" or .spec.nodeName == $n)) | .metadata.name'
}
attached() { # NAME
  is volumeattachment "$1" '{.status.attached}' true
}
detached() { # CLAIM [NODE]
  local left
  left=$(attachments "$@") && [ -z "$left" ] || { echo "left: $left"; return 1; }
}
attach_error() { kc get volumeattachment "$1" -o 'jsonpath={.status.attachError.message}'; } # NAME
attached_as() { kc get volumeattachment "$1" -o "jsonpath={.status.attachmentMetadata.$2}"; } # NAME KEY

# The events of a claim: type, reason, count, message.
events() { # CLAIM REASON
  get events -o json | jq -r --arg c "$1" --arg r "$2" --arg u "$(get pvc "$1" -o 'jsonpath={.metadata.uid}')" \
    '.items[] | select(.involvedObject.name == $c and .involvedObject.uid == $u and .reason == $r)
     | [.type, .reason, (.count // .series.count // 1), .message] | @tsv'
}
tells() { # CLAIM REASON WORDS... : an event of that reason says all of the words
  local found word
  found=$(events "$1" "$2")
  [ -n "$found" ] || { echo "no event $2 on $1; there are: $(get events -o 'jsonpath={.items[*].reason}')"; return 1; }
  shift 2
  for word; do grep -qF -- "$word" <<<"$found" || { echo "no '$word' in: $found"; return 1; }; done
}

# The appliance, the attachment and the doors say one thing: NODE holds CLAIM, under the name that the node was told.
holds() { # NODE CLAIM ATTACHMENT
  local slot nqn
  slot=$(slot_of "$2") nqn=$(attached_as "$3" nvme_nqn)
  [ "$(holder "$slot")" = "$1" ] || { echo "the record's holder: '$(holder "$slot")'"; return 1; }
  [ "$(state "$slot")" = h ] || { echo "the record's state: '$(state "$slot")'"; return 1; }
  [ "$(doors_of "$slot")" = "$nqn" ] || { echo "open: '$(doors_of "$slot")', told: '$nqn'"; return 1; }
}
# Nobody holds the volume and its door is closed.
is_free() { # CLAIM
  local slot
  slot=$(slot_of "$1")
  [[ "$(state "$slot")" = [fx] && "$(holder "$slot")" = "" && -z "$(doors_of "$slot")" ]] ||
    { echo "state '$(state "$slot")', holder '$(holder "$slot")', doors '$(doors_of "$slot")'"; return 1; }
}

# What is still there of anything that was made. Fails if something could not be asked.
left_over() {
  kc get volumeattachments,pv -o name && items | jq -r '.[].slot | "item " + .' && files | sed 's/^/file /' &&
    doors | sed 's/^/door /' && devices | sed 's/^/device /'
}
nothing_left() {
  local left
  left=$(left_over) && [ -z "$left" ] || { echo "$left"; return 1; }
}
