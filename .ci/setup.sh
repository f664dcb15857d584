# shellcheck shell=bash
# What ./start and ./check share: words for people, missing packages, the build. Sourced from the repository's root.

readonly NO_MAIN_CLUSTER=/etc/postgresql-common/createcluster.d/gridd.conf

say() { printf '%s\n' "$*"; }
say_error() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# give_up SENTENCE: the last line, and a failure.
give_up() {
	say_error "$*"
	exit 1
}

# packages_missing run|check: the names that are not installed, one a line.
packages_missing() {
	local wanted name needed _
	wanted=$(while read -r name needed _; do
		case $name in '' | '#'*) continue ;; esac
		if [ "$needed" = run ] || [ "$1" = check ]; then printf '%s\n' "$name"; fi
	done <.ci/packages)
	# shellcheck disable=SC2086
	{ dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null || true; } | sed -n 's/^installed //p' | sort -u |
		comm -13 - <(printf '%s\n' "$wanted" | sort -u)
}

# as_root COMMAND...: fails with a sentence where there is neither root nor sudo.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo -n "$@"
	fi
}

may_be_root() {
	[ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

apt_install() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&3 2>&1
}

# Debian makes and starts a cluster of its own on port 5432 when the server is installed; gridd has no use for it.
install_postgresql_quietly() {
	as_root mkdir -p "${NO_MAIN_CLUSTER%/*}"
	printf 'create_main_cluster = false\n' | as_root tee "$NO_MAIN_CLUSTER" >/dev/null
	local result=0
	apt_install "$@" || result=$?
	as_root rm -f "$NO_MAIN_CLUSTER"
	as_root rmdir "${NO_MAIN_CLUSTER%/*}" 2>/dev/null || true
	return $result
}

# install_packages run|check: nothing to do is quick and silent.
install_packages() {
	command -v dpkg-query >/dev/null || give_up "this is no Debian: install by hand what .ci/packages lists, and build with cmake --preset release"
	local missing
	missing=$(packages_missing "$1")
	[ -n "$missing" ] || return 0
	# shellcheck disable=SC2086
	set -- $missing
	may_be_root || give_up "these Debian packages are missing: $*; run \`apt-get install --no-install-recommends $*\` as root, then this again"
	say "installing what is missing (log: var/install.log):"
	local name
	for name; do
		printf '  %-18s %s\n' "$name" "$(sed -n "s/^$name  *[a-z]*  *//p" .ci/packages)"
	done
	mkdir -p var
	exec 3>>var/install.log
	as_root apt-get update -q >&3 2>&1 || say_error "apt-get update failed; trying with the lists that are there"
	case " $* " in
	*' postgresql-15 '*) install_postgresql_quietly "$@" ;;
	*) apt_install "$@" ;;
	esac || give_up "installing packages failed: $(tail -n 1 var/install.log)"
	exec 3>&-
}

# What one clone has compiled serves another, wherever it lies: paths count from the root, and the build writes them down so.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

# build PRESET FOLDER [TARGET...]: configures where there is nothing yet; ninja sees for itself what has changed.
build() {
	local preset=$1 folder=$2 log=$2/build.log
	shift 2
	mkdir -p "$folder" 2>/dev/null || true
	[ -w "$folder" ] || give_up "$folder isn't yours to write in; run as its owner, or work in a clone of your own"
	local launcher=()
	! command -v ccache >/dev/null || launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache)
	if [ ! -f "$folder/build.ninja" ] || ! cmp -s CMakePresets.json "$folder/presets.stamp"; then
		cmake --preset "$preset" "${launcher[@]}" "${BUILD_OPTIONS[@]}" >"$log" 2>&1 || build_failed "$log"
		cp CMakePresets.json "$folder/presets.stamp"
	fi
	ninja -C "$folder" "$@" >"$log" 2>&1 || build_failed "$log"
}

build_failed() {
	tail -n 40 "$1" >&2
	give_up "the build failed; all of it is in $1"
}

BUILD_OPTIONS=()
