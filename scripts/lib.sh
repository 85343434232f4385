# Shared by the scripts beside it: makes what is missing, once, and says what it does on standard error.
# shellcheck shell=bash

say() {
    printf '%s\n' "$*" >&2
}

# Two starts at the same time must not make the same thing; `one_at_a_time over` lets the next one go on.
one_at_a_time() {
    command -v flock >/dev/null 2>&1 || return 0
    if [ "${1-}" = over ]; then
        exec 9>&-
    else
        { exec 9>"$ROOT/.making.lock"; } 2>/dev/null && flock 9
    fi
}

venv_bin() {
    if [ -d "$ROOT/.venv/Scripts" ]; then echo "$ROOT/.venv/Scripts"; else echo "$ROOT/.venv/bin"; fi
}

# What the environment was made from: the lock, the project's own table, and the Python in it.
environment_key() {
    cat "$ROOT/uv.lock" "$ROOT/pyproject.toml" "$ROOT/.venv/pyvenv.cfg" 2>/dev/null | cksum
}

# ensure_environment run|test: the virtual environment, from the committed lock. `test` adds the tools and serves `run`.
ensure_environment() {
    local kind=$1 key made=
    key=$(environment_key)
    [ -f "$ROOT/.venv/.made" ] && made=$(cat "$ROOT/.venv/.made")
    if [ -x "$(venv_bin)/python" ] || [ -x "$(venv_bin)/python.exe" ]; then
        case $made in
            "test $key") return 0 ;;
            "run $key") [ "$kind" = run ] && return 0 ;;
        esac
    fi
    say "Making the virtual environment in $ROOT/.venv ..."
    if command -v uv >/dev/null 2>&1; then
        make_with_uv "$kind"
    else
        make_with_pip "$kind"
    fi
    printf '%s %s\n' "$kind" "$(environment_key)" >"$ROOT/.venv/.made"
}

make_with_uv() {
    local groups=--no-dev
    [ "$1" = test ] && groups=--dev
    # Inexact: what the other kind needs stays. Without the extras everything works, with a plainer voice.
    # Compiled now, as pip does, and not while the first screen is waited for.
    local sync=(uv sync --project "$ROOT" --frozen --inexact --compile-bytecode "$groups")
    "${sync[@]}" --all-extras >&2 ||
        { [ "$1" = run ] && say "Trying without the extras ..." && "${sync[@]}" >&2; } ||
        { say "The environment could not be made: see above."; exit 1; }
}

make_with_pip() {
    local requirements=requirements.txt python
    [ "$1" = test ] && requirements=requirements-dev.txt
    if [ ! -x "$(venv_bin)/python" ] || ! "$(venv_bin)/python" -m pip --version >/dev/null 2>&1; then
        python=$(find_python) || { ensure_packages python3 python3-venv && python=$(find_python); } ||
            { say "Python 3.11 or newer is needed: https://www.python.org/downloads"; exit 1; }
        if ! "$python" -m ensurepip --version >/dev/null 2>&1; then
            ensure_packages python3-venv || { say "Python's venv module is needed (Debian: python3-venv)."; exit 1; }
        fi
        "$python" -m venv --clear "$ROOT/.venv" >&2 || exit 1
    fi
    { "$(venv_bin)/python" -m pip install --quiet --require-hashes -r "$ROOT/$requirements" &&
        "$(venv_bin)/python" -m pip install --quiet --no-deps -e "$ROOT"; } >&2 ||
        { say "The environment could not be made: see above."; exit 1; }
}

find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

# ensure_packages NAME...: Debian packages, through apt where that is allowed; else prints the command and returns 1.
ensure_packages() {
    local sudo=() missing=() name
    command -v dpkg-query >/dev/null 2>&1 || return 1
    for name in "$@"; do
        dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
            sudo=(sudo -n)
        else
            say "Missing: ${missing[*]}. Install with:"
            say "    sudo apt-get install ${missing[*]}"
            return 1
        fi
    fi
    say "Installing ${missing[*]} ..."
    local apt=("${sudo[@]+"${sudo[@]}"}" env DEBIAN_FRONTEND=noninteractive apt-get -qq)
    "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null 2>&1 ||
        { "${apt[@]}" update >/dev/null && "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null; } ||
        { say "apt-get could not install ${missing[*]}. Try: sudo apt-get install ${missing[*]}"; return 1; }
} </dev/null

# The sound library and the plain voice; wheels bring the first on macOS and Windows, the system has the second there.
ensure_sound() {
    [ "$(uname -s)" = Linux ] || return 0
    if { ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null; } | grep -q 'libportaudio\.so\.2' &&
        command -v espeak-ng >/dev/null 2>&1; then
        return 0
    fi
    if command -v apt-get >/dev/null 2>&1; then
        ensure_packages libportaudio2 espeak-ng || true
    else
        say "PortAudio (libportaudio.so.2) or espeak-ng is missing: install both with your package manager."
    fi
}

# ensure_models: those that a spoken interview needs. Where they lie is noted, so that the next start only looks.
ensure_models() {
    local note=$ROOT/.venv/.models key="${INTERVIEW_CACHE_DIR-}|${XDG_CACHE_HOME-}|$HOME" noted folder whole=yes
    if [ -f "$note" ]; then
        {
            IFS= read -r noted
            [ "$noted" = "$key" ] || whole=
            while IFS= read -r folder; do
                [ -f "$folder/.verified" ] || whole=
            done
        } <"$note"
        [ -n "$whole" ] && return 0
    fi
    if "$(venv_bin)/interview" setup >&2; then
        { printf '%s\n' "$key" && "$(venv_bin)/python" -m simulator.models.wanted; } >"$note.new" && mv "$note.new" "$note"
    else
        say "Some models are missing; what needs them will say so. Try again with: interview setup"
    fi
}
