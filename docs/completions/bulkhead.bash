# bash completion of bulkhead
_bulkhead()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=
	if [ "$COMP_CWORD" = 1 ]; then
		words="check scan audit watch rules explain db version completions man"
		COMPREPLY=($(compgen -W "$words" -- "$cur"))
		return
	fi
	case "${COMP_WORDS[1]} $prev" in
	"check --profile") COMPREPLY=($(compgen -W "baseline recommended strict" -- "$cur")); return ;;
	"check --as") COMPREPLY=($(compgen -W "dockerfile compose kubernetes commands ci" -- "$cur")); return ;;
	"check --fail-on") COMPREPLY=($(compgen -W "info low medium high critical" -- "$cur")); return ;;
	"check --format") COMPREPLY=($(compgen -W "text concise json sarif" -- "$cur")); return ;;
	"check --color") COMPREPLY=($(compgen -W "auto always never" -- "$cur")); return ;;
	"scan --severity") COMPREPLY=($(compgen -W "info low medium high critical" -- "$cur")); return ;;
	"scan --profile") COMPREPLY=($(compgen -W "baseline recommended strict" -- "$cur")); return ;;
	"scan --fail-on") COMPREPLY=($(compgen -W "info low medium high critical" -- "$cur")); return ;;
	"scan --format") COMPREPLY=($(compgen -W "text concise json sarif cyclonedx spdx openvex" -- "$cur")); return ;;
	"scan --color") COMPREPLY=($(compgen -W "auto always never" -- "$cur")); return ;;
	"audit --cis") COMPREPLY=($(compgen -W "docker" -- "$cur")); return ;;
	"audit --engine") COMPREPLY=($(compgen -W "all docker podman" -- "$cur")); return ;;
	"audit --profile") COMPREPLY=($(compgen -W "baseline recommended strict" -- "$cur")); return ;;
	"audit --fail-on") COMPREPLY=($(compgen -W "info low medium high critical" -- "$cur")); return ;;
	"audit --format") COMPREPLY=($(compgen -W "text concise json sarif" -- "$cur")); return ;;
	"audit --color") COMPREPLY=($(compgen -W "auto always never" -- "$cur")); return ;;
	"watch --record-rules") COMPREPLY=($(compgen -W "auto marked all" -- "$cur")); return ;;
	"watch --containers") COMPREPLY=($(compgen -W "all engine bundle none" -- "$cur")); return ;;
	"watch --output") COMPREPLY=($(compgen -W "stdout file= syslog program= http=" -- "$cur")); return ;;
	"watch --format") COMPREPLY=($(compgen -W "text json" -- "$cur")); return ;;
	"rules --format") COMPREPLY=($(compgen -W "text json" -- "$cur")); return ;;
	"explain --format") COMPREPLY=($(compgen -W "text markdown" -- "$cur")); return ;;
	esac
	case ${COMP_WORDS[1]} in
	check) words="--help --profile --file --run --as --only --exclude --config --no-config --fail-on --format --verbose --quiet --color --jobs" ;;
	scan) words="--help --platform --sbom --insecure-registry --registry-mirror --ca-file --records --max-age --ignore-unfixed --severity --development --db --no-advisories --no-secrets --secret-rules --vex --workload --dockerfile --profile --only --fail-on --format --verbose --quiet --color --exit-code --config --no-config --no-cache --verify --jobs" ;;
	audit) words="--help --kernel --against --cis --deep --explain --unscanned --max-age --watch --engine --host --root --no-host --profile --only --fail-on --format --verbose --quiet --color --config --no-config --jobs" ;;
	watch) words="--help --rules --default-rules --no-default-rules --replay --record --record-rules --record-time --record-limit --select --priority --first --iso-time --containers --output --resolve --respond --limit --listen --reload --ca --client-cert --client-key --quiet --parse --validate --list-rules --fields --format" ;;
	rules) words="--help --format --fields" ;;
	explain) words="--help --format --all" ;;
	db) words="--help" ;;
	version) words="--help --features" ;;
	completions) words="--help" ;;
	man) words="--help" ;;
	esac
	case $cur in
	-*) COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
	*) COMPREPLY=($(compgen -f -- "$cur")) ;;
	esac
}
complete -o filenames -F _bulkhead bulkhead
