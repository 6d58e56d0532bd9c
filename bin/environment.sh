# Sourced by the commands beside it: makes the virtual environment and installs the pinned requirements,
# once for each content of the requirements file, however often and from wherever it is called.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1

# Otherwise every worker, and every process that reads a workbook, would compile all code anew.
unset PYTHONDONTWRITEBYTECODE

stop() {
    echo "$*" >&2
    exit 1
}

find_python() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            echo "$candidate"
            return
        fi
    done
    stop "Longshore needs Python 3.11 or newer. On Debian: apt-get install python3 python3-venv"
}

make_environment() {
    [ -x .venv/bin/pip ] && return
    python=$(find_python) || exit 1
    if ! "$python" -m venv .venv 2>/dev/null; then
        # Debian ships Python without the part that makes virtual environments.
        [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null ||
            stop "Python cannot make a virtual environment here. On Debian: apt-get install python3-venv"
        apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null && "$python" -m venv .venv ||
            stop "The virtual environment could not be made in $root/.venv"
    fi
}

# install FILE: installs FILE unless it, and those that it may include, were installed as they are now.
install() {
    stamp=.venv/installed-$1
    digest=$(cat requirements*.txt | sha256sum)
    [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$digest" ] && return
    (
        flock 9
        [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$digest" ] && exit 0
        make_environment
        echo "Installing $1 …" >&2
        .venv/bin/pip install --quiet --disable-pip-version-check --requirement "$1" ||
            stop "The requirements could not be installed. Is the network there?"
        echo "$digest" >"$stamp"
    ) 9>.venv.lock || exit 1
}
