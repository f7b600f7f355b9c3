{{- define "hoop.labels" -}}
app.kubernetes.io/name: hoop
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "hoop.selector" -}}
app.kubernetes.io/name: hoop
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* Fails where more gateways are asked for than the store allows. */ -}}
{{- define "hoop.replicas" -}}
{{- $config := fromYaml (required "config is hoop.yaml: --set-file config=hoop.yaml" .Values.config) -}}
{{- $gateway := default (dict) $config.gateway -}}
{{- if and (gt (int .Values.replicas) 1) (not (hasPrefix "postgres" (default "" $gateway.store))) -}}
{{- fail "replicas: more than one gateway needs a store that they share (gateway.store: postgres://…); SQLite is for one" -}}
{{- end -}}
{{- .Values.replicas -}}
{{- end }}

{{- define "hoop.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}
