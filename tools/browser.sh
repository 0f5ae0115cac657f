#!/usr/bin/env bash
# Installs what the browser tests need and the system lacks: a Chromium, a font with Chinese characters (without
# one every character is drawn as a box), and the library that Playwright's own program does not bring along.
# Never fails: tests/conftest.py decides what a missing browser means.
set -euo pipefail
cd "$(dirname "$0")/.."

have() { command -v "$1" >/dev/null; }

packages=()
have chromium || have chromium-browser || have google-chrome || packages+=(chromium)
have fc-list && [[ -n $(fc-list :lang=zh) ]] || packages+=(fontconfig fonts-wqy-microhei)
.venv/bin/playwright --version &>/dev/null || packages+=(libatomic1)
((${#packages[@]})) || exit 0

as_root=()
if ((EUID != 0)) && have sudo; then as_root=(sudo); fi
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@"; }

echo "Browser tests: installing ${packages[*]}"
if ! { have apt-get && apt update && apt install -y --no-install-recommends "${packages[@]}" >/dev/null; }; then
    echo "Browser tests: could not install ${packages[*]}. Please install a Chromium and a Chinese font by hand." >&2
fi
