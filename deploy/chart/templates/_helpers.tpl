{{- /* What both halves share. */ -}}

{{- define "rds-csi.labels" -}}
app.kubernetes.io/name: rds-csi
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "rds-csi.selector" -}}
app.kubernetes.io/name: rds-csi
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "rds-csi.image" -}}
{{- $registry := required "image.registry is not set: where is the image that deploy/Dockerfile builds, such as registry.example.com/storage?" .Values.image.registry -}}
{{ $registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- /* ssh://user@host:port or rest://user,user@host:port; an IPv6 address stands in brackets there. */ -}}
{{- define "rds-csi.appliance" -}}
{{- $a := .Values.appliance -}}
{{- $address := required "appliance.address is not set: the host name or address of the appliance's SSH or REST service" $a.address -}}
{{- $host := contains ":" $address | ternary (printf "[%s]" $address) $address -}}
{{- if eq $a.way "rest" -}}
rest://{{ join "," $a.rest.users }}@{{ $host }}:{{ $a.rest.port }}
{{- else -}}
ssh://{{ $a.user }}@{{ $host }}:{{ $a.port }}
{{- end -}}
{{- end }}

{{- /* The key of the Secret that holds what lets us in. */ -}}
{{- define "rds-csi.secretKey" -}}
{{- eq .Values.appliance.way "rest" | ternary "password" "identity" -}}
{{- end }}

{{- /* How the sidecars write a driver's name in a Lease's name: every other character becomes a hyphen. */ -}}
{{- define "rds-csi.leaseName" -}}
{{- regexReplaceAll "[^a-zA-Z0-9-]" .Values.driverName "-" }}
{{- end }}

{{- /* A container that may do nothing but talk over its sockets. */ -}}
{{- define "rds-csi.confined" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}
