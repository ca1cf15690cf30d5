#compdef bulkhead
_bulkhead() {
	local -a commands
	commands=(
		'check:judge Dockerfiles, Compose files, manifests and docker run lines'
		'rules:list all rules, or the fields that custom rules may use'
		'explain:say why a rule matters, what it asks and how to mend it'
		'db:compare versions as their ecosystems do'
		'version:print the version'
		'completions:print the completion script of a shell'
		'man:print the man page'
	)
	if (( CURRENT == 2 )); then
		_describe command commands
		return
	fi
	case $words[2] in
	check) _arguments '--help[show the help]' \
		'--profile[which rules baseline (what nobody should ship), recommended (the default), strict (all)]:profile:(baseline recommended strict)' \
		'--fail-on[exit with 1 from this severity on info, low (the default), medium, high, critical]:fail-on:(info low medium high critical)' \
		'*--format[text (the default), concise, json, sarif; several may be given, with files for all but one]:format:(text concise json sarif)' \
		'*--file[a Compose file; several are laid over one another, as docker compose does]:file:_files' \
		'*--run[a docker run, docker create or podman run command line to check]:run:_files' \
		'--as[read all files as dockerfile, compose, kubernetes, commands or ci, whatever their names]:as:(dockerfile compose kubernetes commands ci)' \
		'*--only[ask only this rule, by its id, by another tools name for it, or by user/*; whatever the profile]:only:_files' \
		'*--exclude[leave out files and folders of this name or path]:exclude:_files' \
		'--config[the policy file; without it, the bulkhead.yaml of the checked folder or above]:config:_files' \
		'--no-config[do not look for a bulkhead.yaml]' \
		'--verbose[also show findings that were accepted]' \
		'--quiet[no report in text, only the exit code]' \
		'--color[auto (the default on a terminal, unless NO_COLOR is set), always, never]:color:(auto always never)' \
		'--jobs[threads; without it, as many as there are CPUs]:jobs:_files' '*:file:_files' ;;
	rules) _arguments '--help[show the help]' \
		'--format[text (the default) or json]:format:(text json)' \
		'--fields[list the fields, macros and lists that conditions of custom rules may use]' '*:file:_files' ;;
	explain) _arguments '--help[show the help]' \
		'--format[text (the default), or markdown as in docs/rules]:format:(text markdown)' \
		'--all[explain every rule]' '*:file:_files' ;;
	db) _arguments '--help[show the help]' '*:file:_files' ;;
	version) _arguments '--help[show the help]' \
		'--features[what it was built with]' '*:file:_files' ;;
	completions) _arguments '--help[show the help]' '*:file:_files' ;;
	man) _arguments '--help[show the help]' '*:file:_files' ;;
	esac
}
_bulkhead "$@"
