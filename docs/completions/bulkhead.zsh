#compdef bulkhead
_bulkhead() {
	local -a commands
	commands=(
		'check:judge Dockerfiles, Compose files, manifests and docker run lines'
		'scan:find known vulnerabilities, secrets and weak defaults in images'
		'audit:show what running containers and their host really enforce'
		'watch:watch what processes do, by the rules of Falco'
		'rules:list all rules, or the fields that custom rules may use'
		'explain:say why a rule matters, what it asks and how to mend it'
		'db:import advisories, ask them, compare versions as ecosystems do'
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
		'*--file[a Compose file; several are laid over one another, as docker compose does]:file:_files' \
		'*--run[a docker run, docker create or podman run command line to check]:run:_files' \
		'--as[read all files as dockerfile, compose, kubernetes, commands or ci, whatever their names]:as:(dockerfile compose kubernetes commands ci)' \
		'*--only[ask only this rule, by its id, by another tools name for it, or by user/*; whatever the profile]:only:_files' \
		'*--exclude[leave out files and folders of this name or path]:exclude:_files' \
		'--config[the policy file; without it, the bulkhead.yaml of the checked folder or above]:config:_files' \
		'--no-config[do not look for a bulkhead.yaml]' \
		'--fail-on[exit with 1 from this severity on info, low (the default), medium, high, critical]:fail-on:(info low medium high critical)' \
		'*--format[text (the default), concise, json, sarif; several may be given, with files for all but one]:format:(text concise json sarif)' \
		'--verbose[also show findings that were accepted]' \
		'--quiet[no report in text, only the exit code]' \
		'--color[auto (the default on a terminal, unless NO_COLOR is set), always, never]:color:(auto always never)' \
		'--jobs[threads; without it, as many as there are CPUs]:jobs:_files' '*:file:_files' ;;
	scan) _arguments '--help[show the help]' \
		'--platform[of images for several linux/arm64, linux/arm/v7; without it, what this machine is]:platform:_files' \
		'*--sbom[a CycloneDX or SPDX document (JSON) to match instead of an image]:sbom:_files' \
		'*--insecure-registry[do not ask this registry for a certificate; plain HTTP will do]:insecure-registry:_files' \
		'*--registry-mirror[ask this one first for images of REGISTRY (docker.io)]:registry-mirror:_files' \
		'--ca-file[trust these certificates too when images are pulled]:ca-file:_files' \
		'--records[list the images of Docker and Podman on this machine with their last scans instead]' \
		'--max-age[for --records how old a scan may be 12h, 7d (the default), 2w]:max-age:_files' \
		'--ignore-unfixed[leave out vulnerabilities that no newer version mends]' \
		'*--severity[only vulnerabilities of these severities critical,high]:severity:(info low medium high critical)' \
		'--development[also packages that lock files say are only needed to build and test]' \
		'--db[the database of advisories; without it, that of bulkhead db]:db:_files' \
		'--no-advisories[list the packages, but do not look up what is known against them]' \
		'--no-secrets[do not look for secrets]' \
		'*--secret-rules[also the rules of a gitleaks configuration (TOML)]:secret-rules:_files' \
		'*--vex[OpenVEX, CSAF or CycloneDX documents that say which vulnerabilities do not matter here]:vex:_files' \
		'--workload[the Compose service or Kubernetes container that runs the image vulnerabilities are ranked for it]:workload:_files' \
		'--dockerfile[the Dockerfile that the image is built from findings point at its lines]:dockerfile:_files' \
		'--profile[which rules baseline, recommended (the default), strict (all, also what distributions call unimportant)]:profile:(baseline recommended strict)' \
		'*--only[ask only this rule, by its id, by another tools name for it, or by vulnerabilities/*]:only:_files' \
		'--fail-on[exit with 1 from this severity on info, low (the default), medium, high, critical]:fail-on:(info low medium high critical)' \
		'*--format[text (the default), concise, json, sarif, cyclonedx, spdx, openvex; several may be given, with files for all but one]:format:(text concise json sarif cyclonedx spdx openvex)' \
		'--verbose[also show findings that were accepted]' \
		'--quiet[no report in text, only the exit code]' \
		'--color[auto (the default on a terminal, unless NO_COLOR is set), always, never]:color:(auto always never)' \
		'--exit-code[exit with N instead of 1 for findings at or above --fail-on]:exit-code:_files' \
		'--config[the policy file; without it, the bulkhead.yaml of this folder or above]:config:_files' \
		'--no-config[do not look for a bulkhead.yaml]' \
		'--no-cache[look into every layer, also those that were scanned before]' \
		'--verify[compute the digests of uncompressed layers too, which need not be read whole otherwise]' \
		'--jobs[threads; without it, as many as there are CPUs]:jobs:_files' '*:file:_files' ;;
	audit) _arguments '--help[show the help]' \
		'--kernel[ask no engine only what /proc and the cgroups show]' \
		'*--against[compare what runs with what a Compose file or a manifest declares]:against:_files' \
		'--cis[go through a benchmark check by check docker (CIS Docker Benchmark 1.6)]:cis:(docker)' \
		'--deep[also read the seccomp filters back from the kernel and look for set-uid files]' \
		'--explain[show every fact, declared, configured and enforced, with the words that say it]' \
		'--unscanned[only ask whether the images that run have a fresh record of a scan]' \
		'--max-age[for --unscanned how old a scan may be 12h, 7d (the default), 2w]:max-age:_files' \
		'--watch[audit again and again, and print only what has changed]:watch:_files' \
		'--engine[which engine to ask all (the default), docker, podman]:engine:(all docker podman)' \
		'--host[where the engine is unix///run/docker.sock, tcp//127.0.0.12376; without it, as docker and podman find it]:host:_files' \
		'--root[where the root of the host is mounted, when bulkhead itself runs in a container]:root:_files' \
		'--no-host[only containers, not the host and its engines]' \
		'--profile[which rules baseline, recommended (the default), strict]:profile:(baseline recommended strict)' \
		'*--only[ask only this rule, by its id, by another tools name for it, or by host/*]:only:_files' \
		'--fail-on[exit with 1 from this severity on info, low (the default), medium, high, critical]:fail-on:(info low medium high critical)' \
		'*--format[text (the default), concise, json, sarif; several may be given, with files for all but one]:format:(text concise json sarif)' \
		'--verbose[also show findings that were accepted]' \
		'--quiet[no report in text, only the exit code]' \
		'--color[auto (the default on a terminal, unless NO_COLOR is set), always, never]:color:(auto always never)' \
		'--config[the policy file; without it, the bulkhead.yaml of this folder or above]:config:_files' \
		'--no-config[do not look for a bulkhead.yaml]' \
		'--jobs[threads; without it, as many as there are CPUs]:jobs:_files' '*:file:_files' ;;
	watch) _arguments '--help[show the help]' \
		'*--rules[rules in Falcos form, instead of our own; several are read in their order, of folders *.yaml and *.yml]:rules:_files' \
		'--default-rules[our own rules as well, before the files of -r]' \
		'--no-default-rules[no rules but those of -r]' \
		'--replay[read events from a capture (.scap) instead of the kernel]:replay:_files' \
		'--record[write the events around alerts to captures there (.scap); see below]:record:_files' \
		'--record-rules[record alerts of marked rules (capture true), of all, or auto (the default)]:record-rules:(auto marked all)' \
		'--record-time[how long after an alert, unless its rule has capture_duration (5000)]:record-time:_files' \
		'--record-limit[begin no capture when those in the folder have so much together (1024)]:record-limit:_files' \
		'*--select[enable=GLOB, disable=GLOB, enable-tag=TAG, disable-tag=TAG switch rules, in this order]:select:_files' \
		'--priority[leave out rules below that emergency, alert, critical, error, warning, notice, informational, debug]:priority:_files' \
		'--first[only the first rule that is true for an event, not all]' \
		'--iso-time[times with dates, in UTC (ISO 8601)]' \
		'--containers[who is asked about containers all (the default), engine, bundle, none]:containers:(all engine bundle none)' \
		'*--output[where alerts go, several at once stdout (the default), file=PATH, syslog, program=COMMAND, http=URL]:output:(stdout file= syslog program= http=)' \
		'--resolve[look up the names that rules ask for (fd.sip.name); without it such tests are false]' \
		'--respond[do what rules ask for by `action kill` or `deny`, in containers; without it alerts say what would be done]' \
		'--limit[at most so many alerts of one rule in one container 10/m (s, m, h); the others are counted]:limit:_files' \
		'--listen[serve /metrics (OpenMetrics) and /healthz there; a port alone means the loopback]:listen:_files' \
		'--reload[read the rules anew when a file changes, not only on SIGHUP]' \
		'--ca[certificates (PEM) to trust for --output http=, beside those of the system]:ca:_files' \
		'--client-cert[the certificate (PEM) that is shown to the server of --output http=]:client-cert:_files' \
		'--client-key[its private key (PEM)]:client-key:_files' \
		'--quiet[do not say how the kernel is watched]' \
		'--parse[read conditions of Falco rules, one a line, and print how each is understood]' \
		'--validate[read rule files of Falco as one set, and tell what is wrong with them]' \
		'--list-rules[list the rules, and which of them would be in force; --format json with their conditions]' \
		'--fields[list the fields and events that rules may speak of]' \
		'--format[text (the default), json]:format:(text json)' '*:file:_files' ;;
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
