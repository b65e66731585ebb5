{{/* What selects the pods of a release, and never changes. */}}
{{- define "loops-bridge.selector" -}}
app.kubernetes.io/name: loops-bridge
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "loops-bridge.labels" -}}
{{ include "loops-bridge.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* The same of the intake. */}}
{{- define "loops-bridge.ingestSelector" -}}
app.kubernetes.io/name: loops-bridge-ingest
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "loops-bridge.ingestLabels" -}}
{{ include "loops-bridge.ingestSelector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end }}
