# shellcheck shell=bash
# Sourced by the other scripts: puts the Swift toolchain on PATH when it is only in one of its usual places.

if ! command -v swift >/dev/null 2>&1; then
    for folder in /opt/swift/usr/bin /usr/local/swift/usr/bin /usr/libexec/swift/bin \
        "${SWIFTLY_BIN_DIR:-${HOME:-/root}/.local/share/swiftly/bin}" "${HOME:-/root}/.swiftly/bin"; do
        if [ -x "$folder/swift" ]; then
            PATH=$PATH:$folder
            export PATH
            break
        fi
    done
    unset folder
fi
